import type { AgentEvent } from "../../../schema/agent-event.ts";
import { conversationIdOf } from "../../../schema/digest.ts";
import { type ShellWindow, readShellWindows } from "../../../store/shell-state.ts";
import type { Project } from "../../projects/find-project.ts";
import { placeOf } from "../work-tree-place.ts";
import { findProcesses, isAnyAlive } from "./find-processes.ts";
import { type Owner, settle } from "./settle.ts";

export interface WatchWorld {
  now(): Date;
  readOrigin(): { readonly model: string | undefined; readonly version: string | undefined };
}

/** No agent lets a command run for longer without saying that it goes on in the background. */
const longestCommand = 10 * 60 * 1000;
/** A background command that nothing was heard of for so long has ended with its agent. */
const longestBackground = 12 * 60 * 60 * 1000;

/**
 * Takes in an event for what it tells of commands: one begins, one ends, or one that goes on in the background may have
 * changed files. Files that changed while a command of an agent ran are the agent's; with none running they are not.
 * Between a turn's end and the next one a person has the floor, and nothing is claimed.
 */
export async function watchShell(
  world: WatchWorld,
  project: Project,
  event: AgentEvent,
): Promise<number> {
  const now = world.now().getTime();
  const isOurs = ({ session }: ShellWindow): boolean => session === event.sessionId;
  const windows = readShellWindows(placeOf(project.paths, project.git.repository));
  if (!event.isShell && !windows.some(isOurs)) return 0;
  return settle(project, {
    now: () => world.now(),
    owner(open) {
      const running = open.filter(
        (window) => isFresh(window, now) && !(isOurs(window) && isBroken(window, event)),
      );
      const own = running.find(({ id }) => id === event.toolUseId);
      if (event.isShell && event.phase === "after" && own !== undefined) {
        return { ...ownerOf(world, event), since: own.openedAt };
      }
      const last = running.at(-1);
      return last === undefined ? undefined : ownerOfWindow(last, event);
    },
    windows: (open) =>
      nextWindows(
        open.filter((window) => isFresh(window, now)),
        world,
        event,
      ),
  });
}

/** What the commit's hook asks for: a command that commits has not ended yet. */
export async function settleAtCommit(project: Project, now: () => Date): Promise<void> {
  const place = placeOf(project.paths, project.git.repository);
  const isOpen = (window: ShellWindow): boolean => isFresh(window, now().getTime());
  if (!readShellWindows(place).some(isOpen)) return;
  await settle(project, {
    now,
    owner(windows) {
      const last = windows.filter(isOpen).at(-1);
      return last === undefined ? undefined : ownerOfWindow(last);
    },
    windows: (windows) => windows.filter((window) => goesOn(window)),
  });
}

/** What a person says to begin a turn, as agents name it. */
const prompts = /prompt|^SessionStart$|^BeforeAgent$|^chat\.message$/i;

/** A person speaks, so a command that nobody told the end of was broken off: what changed since may be typed by hand. */
function isBroken({ background }: ShellWindow, { name }: AgentEvent): boolean {
  return background === undefined && prompts.test(name);
}

function isFresh({ openedAt, background }: ShellWindow, now: number): boolean {
  return now - openedAt <= (background === undefined ? longestCommand : longestBackground);
}

/** A background command whose end nobody tells: this look was the last one if its processes are gone. */
function goesOn({ background, processes = [] }: ShellWindow): boolean {
  return background === undefined || isAnyAlive(processes);
}

function nextWindows(
  open: readonly ShellWindow[],
  world: WatchWorld,
  event: AgentEvent,
): readonly ShellWindow[] {
  const { toolUseId: id, isShell, phase, backgroundTask, runningTasks } = event;
  let next = open.filter((window) => goesOn(window));
  const ours = (window: ShellWindow): boolean => window.session === event.sessionId;
  // A server that goes on beyond its turn must not take for the agent's what a person types later.
  if (event.isLast === true || event.endsTurn === true) {
    return next.filter((window) => !ours(window));
  }
  if (runningTasks !== undefined) {
    next = next.filter(
      (window) =>
        !ours(window) ||
        typeof window.background !== "string" ||
        runningTasks.includes(window.background),
    );
  }
  next = next.filter((window) => !ours(window) || !isBroken(window, event));
  if (!isShell || id === undefined) return next;
  if (phase === "before") {
    // Agents that run one command after another may tell of no end: the next beginning is one.
    const told = event.agent.name === "claude-code" || event.overlaps === true;
    const rest = next.filter(
      (window) => window.id !== id && (told || !ours(window) || window.background !== undefined),
    );
    return [...rest, windowOf(world, event, id)];
  }
  const others = next.filter((window) => window.id !== id);
  const own = next.find((window) => window.id === id);
  if (own === undefined || (event.isBackground !== true && backgroundTask === undefined)) {
    return others;
  }
  const processes = findProcesses(event.command ?? "", own.openedAt);
  return [...others, { ...own, background: backgroundTask ?? true, processes }];
}

function originOf(world: WatchWorld, event: AgentEvent): Owner["origin"] {
  const { model, version } = world.readOrigin();
  const { transcriptPath, agent } = event;
  return {
    modelId: event.model ?? model,
    conversationId: transcriptPath === undefined ? undefined : conversationIdOf(transcriptPath),
    tool: { name: agent.name, version: agent.version ?? version },
  };
}

function windowOf(world: WatchWorld, event: AgentEvent, id: string): ShellWindow {
  return {
    id,
    session: event.sessionId,
    openedAt: world.now().getTime(),
    origin: originOf(world, event),
    toolName: event.toolName,
  };
}

function ownerOf(world: WatchWorld, event: AgentEvent): Owner {
  const { parentTranscriptPath: parent } = event;
  return {
    origin: originOf(world, event),
    session: event.sessionId,
    toolName: event.toolName,
    toolUse: event.toolUseId,
    parentConversation: parent === undefined ? undefined : conversationIdOf(parent),
    command: event.command,
    cwd: event.cwd,
  };
}

/** What changed at another event is the command's that began last. */
function ownerOfWindow(
  { id, origin, session, toolName, openedAt: since }: ShellWindow,
  event?: AgentEvent,
): Owner {
  return { origin, session, toolName, toolUse: id, cwd: event?.cwd, since };
}
