/** What was found in any number of runs. */
export interface Tally {
  agent: number;
  agentClaimed: number;
  others: number;
  othersClaimed: number;
  /** Lines of others that read like one of an agent's: what matching by text alone would claim. */
  othersAlike: number;
  /** Hooks that ran, and what the journal of hooks does not tell of them as it should. */
  hooks: number;
  readonly uncounted: string[];
  readonly faults: string[];
}

export function emptyTally(): Tally {
  return {
    agent: 0,
    agentClaimed: 0,
    others: 0,
    othersClaimed: 0,
    othersAlike: 0,
    hooks: 0,
    uncounted: [],
    faults: [],
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    sum.agent += tally.agent;
    sum.agentClaimed += tally.agentClaimed;
    sum.others += tally.others;
    sum.othersClaimed += tally.othersClaimed;
    sum.othersAlike += tally.othersAlike;
    sum.hooks += tally.hooks;
    sum.uncounted.push(...tally.uncounted);
    sum.faults.push(...tally.faults);
  }
  return sum;
}
