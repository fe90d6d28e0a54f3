/** The text of git hooks: ours among what stands there already. Values in, values out. */

export const hookNames = ["post-commit", "post-rewrite", "post-merge", "post-checkout"] as const;
/** Only where commits are to name the agents that helped: see `commit.trailer`. */
export const trailerHookNames = ["prepare-commit-msg", "commit-msg"] as const;
export type HookName = (typeof hookNames)[number] | (typeof trailerHookNames)[number];

/** What stands under a hook's name before we come. */
export interface ExistingHook {
  /** Undefined where the file is no text. */
  readonly text: string | undefined;
  readonly isExecutable: boolean;
  readonly isLink: boolean;
}

/** How a hook comes to call us. */
export interface HookPlan {
  readonly text: string;
  /** The name under which the former hook is kept beside ours and called by it; undefined where it needs no moving. */
  readonly keepAs: string | undefined;
}

const begin = "# >>> agent-trace >>>";
const end = "# <<< agent-trace <<<";
const block = /^# >>> agent-trace >>>\n[^]*?^# <<< agent-trace <<<\n/m;
const shellScript =
  /^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s*)?)?(?:\S*\/)?(?:sh|bash|dash|ash|ksh|zsh)(?:\s[^\n]*)?\n/;

/**
 * The lines that call us. `call` is a shell command that runs us, or nothing where we are gone. They come first in a
 * hook, for a script may end early by `exit` or `exec`; they leave its input, its variables and its outcome alone.
 */
function hookBlock(name: HookName, call: string): string {
  if (name === "commit-msg") return messageBlock(call);
  const note = "# Put here by `agent-trace init`; it never changes the outcome of this hook.";
  if (name !== "post-rewrite") {
    // Git says whether it was a branch that was checked out, or files of one.
    const guarded = name === "post-checkout" ? `[ "$3" = 0 ] || { ${call}; }` : call;
    return `${[begin, note, `( ${guarded} ) </dev/null >/dev/null 2>&1 || :`, end].join("\n")}\n`;
  }
  // Git hands the rewritten commits over on standard input, which the rest of the hook must find unread.
  return `${[
    begin,
    note,
    "agent_trace_rewritten=$(cat)",
    `printf '%s\\n' "$agent_trace_rewritten" | ( ${call} ) >/dev/null 2>&1 || :`,
    "exec <<AGENT_TRACE_END",
    "$agent_trace_rewritten",
    "AGENT_TRACE_END",
    end,
  ].join("\n")}\n`;
}

/** An editor that is left with nothing written must end the commit, as it did before the message had a trailer in it. */
function messageBlock(call: string): string {
  return `${[
    begin,
    "# Put here by `agent-trace config set commit.trailer`; it stops a commit whose message is nothing but that trailer.",
    `( ${call} ) </dev/null >/dev/null 2>&1 || [ $? != 3 ] || {`,
    "  echo 'Aborting commit: the message has nothing but the trailer of agent-trace.' >&2",
    "  exit 1",
    "}",
    end,
  ].join("\n")}\n`;
}

export interface HookRequest {
  readonly name: HookName;
  readonly call: string;
  /** A name beside the hook under which nothing stands yet. */
  readonly freeName: string;
  /** A hook kept by an earlier plan that was interrupted before ours took its place. */
  readonly orphan?: string | undefined;
}

/**
 * A shell script gets our lines behind its first one. Anything else (another language, a program, a link to a file
 * that is not ours to change, a hook that is switched off) is kept under another name and called by ours.
 */
export function planHook(existing: ExistingHook | undefined, request: HookRequest): HookPlan {
  const lines = hookBlock(request.name, request.call);
  const { text } = existing ?? {};
  if (existing === undefined) {
    const rest = request.orphan === undefined ? "" : chain(request.orphan);
    return { text: `#!/bin/sh\n${lines}${rest}`, keepAs: undefined };
  }
  if (text !== undefined && block.test(text) && !existing.isLink) {
    return { text: text.replace(block, () => lines), keepAs: undefined };
  }
  if (text !== undefined && shellScript.test(text) && existing.isExecutable && !existing.isLink) {
    const firstLine = text.slice(0, text.indexOf("\n") + 1);
    return { text: firstLine + lines + text.slice(firstLine.length), keepAs: undefined };
  }
  return {
    text: `#!/bin/sh\n${lines}${chain(request.freeName)}`,
    keepAs: request.freeName,
  };
}

/** Runs the kept hook as git would have: only where it is executable, with its arguments, its input and its outcome. */
function chain(name: string): string {
  return `kept="$(dirname "$0")/${name}"\n[ ! -x "$kept" ] || exec "$kept" "$@"\n`;
}

/** The shell command in a hook that runs us; undefined where it has none of our lines. */
export function findCall(text: string): string | undefined {
  return /\( (.*) \) (?:<\/dev\/null )?>\/dev\/null 2>&1 \|\| (?::|\[ \$\? != 3 \] .*)\n/.exec(
    block.exec(text)?.[0] ?? "",
  )?.[1];
}

/** What is left of a hook without our lines; `restore` is the kept hook that is to take its place again. */
export interface HookRemoval {
  /** Undefined: nothing is left of it. */
  readonly text: string | undefined;
  readonly restore: string | undefined;
}

/** Undefined where a hook has none of our lines. */
export function planHookRemoval(text: string): HookRemoval | undefined {
  if (!block.test(text)) return undefined;
  const rest = text.replace(block, "");
  const kept =
    /^#!\/bin\/sh\nkept="\$\(dirname "\$0"\)\/([^"/]+)"\n\[ ! -x "\$kept" \] \|\| exec "\$kept" "\$@"\n$/;
  const restore = kept.exec(rest)?.[1];
  if (restore !== undefined) return { text: undefined, restore };
  return { text: rest === "#!/bin/sh\n" ? undefined : rest, restore: undefined };
}
