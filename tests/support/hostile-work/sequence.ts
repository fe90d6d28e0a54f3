/** Two agents, a person and git at random: what a seed says, step by step. */
import { agentEdits, agentsAtOnce } from "./agents.ts";
import { autosquash, branch, octopus, rebaseInteractively, revert } from "./branches.ts";
import {
  amend,
  commitAll,
  commitOnly,
  commitSomeFiles,
  commitSomeHunks,
  commitUnseen,
  resetSoft,
} from "./commits.ts";
import { changeAddresses } from "./host.ts";
import { Diverged } from "./line.ts";
import { personEdits, personRetypes } from "./people.ts";
import { Scene, type SceneOptions } from "./scene.ts";
import { agentRunsCommand } from "./shell.ts";
import { move, recreate, restore, stashAndPop, switchAway } from "./work-tree.ts";

type Act = (scene: Scene) => Promise<unknown> | void;

/** A few edits of anybody's. */
async function work(scene: Scene): Promise<void> {
  for (let more = 1 + scene.random.below(3); more > 0; more--) {
    if (scene.random.chance(0.5)) personEdits(scene);
    else await agentEdits(scene);
  }
}

/** What can happen, and how often, in thousandths. */
const acts: readonly (readonly [share: number, act: Act])[] = [
  [200, (scene) => agentEdits(scene)],
  [230, (scene) => personEdits(scene)],
  [50, agentsAtOnce],
  [40, (scene) => agentEdits(scene, "formatted")],
  [30, (scene) => agentEdits(scene, "lost")],
  [15, (scene) => agentEdits(scene, "killed")],
  [30, agentRunsCommand],
  [30, personRetypes],
  [75, commitAll],
  [35, commitSomeFiles],
  [40, commitSomeHunks],
  [10, commitOnly],
  [15, commitUnseen],
  [25, amend],
  [15, resetSoft],
  [30, (scene) => stashAndPop(scene, () => work(scene))],
  [45, (scene) => branch(scene, () => work(scene))],
  [10, (scene) => octopus(scene, () => work(scene))],
  [15, rebaseInteractively],
  [10, (scene) => autosquash(scene, () => work(scene))],
  [15, revert],
  [10, restore],
  [15, (scene) => switchAway(scene, () => work(scene))],
  [25, move],
  [15, recreate],
  [3, changeAddresses],
];

const all = acts.reduce((sum, [share]) => sum + share, 0);

async function step(scene: Scene): Promise<void> {
  let roll = scene.random.below(all);
  for (const [share, act] of acts) {
    roll -= share;
    if (roll < 0) return void (await act(scene));
  }
}

export interface SequenceOptions extends SceneOptions {
  readonly steps: number;
}

/** Runs one seed's history; gives how many steps there were before git itself merged equal lines in two ways. */
export async function runSequence(
  directory: string,
  { steps, ...options }: SequenceOptions,
): Promise<number> {
  await using scene = await Scene.open(directory, options);
  let done = 0;
  try {
    for (; done < steps; done++) await step(scene);
  } catch (error) {
    if (!(error instanceof Diverged)) {
      throw new Error(scene.lately(), { cause: error });
    }
  }
  scene.tally.hooks += scene.events.count;
  scene.tally.uncounted.push(
    ...scene.events.problems().map((problem) => `seed ${options.seed}: ${problem}`),
  );
  return done;
}
