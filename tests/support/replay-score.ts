/** How many lines of which author a run saw in commits, and how many of them were claimed for an agent. */
export interface Score {
  agent: number;
  agentClaimed: number;
  person: number;
  personClaimed: number;
  base: number;
  baseClaimed: number;
  edits: number;
  commits: number;
  /** The same counts where any line is claimed whose hash an earlier trace of the file holds. */
  hashAgentClaimed: number;
  hashPersonClaimed: number;
  readonly faults: string[];
}

export function emptyScore(): Score {
  return {
    agent: 0,
    agentClaimed: 0,
    person: 0,
    personClaimed: 0,
    base: 0,
    baseClaimed: 0,
    edits: 0,
    commits: 0,
    hashAgentClaimed: 0,
    hashPersonClaimed: 0,
    faults: [],
  };
}
