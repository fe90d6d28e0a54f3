/** What a commit says of itself: anybody can write it. */
export interface CommitWords {
  /** As git takes trailers out of the message: `Key: value`, each on one line. */
  readonly trailers: readonly string[];
  readonly author: { readonly email: string };
}

/** E-mail addresses under which agents sign commits, as co-author or as author. Bots of GitHub have a number in front. */
const signatures: readonly (readonly [agent: string, email: RegExp])[] = [
  ["claude-code", /^noreply@anthropic\.com$/],
  ["cursor", /^cursoragent@cursor\.com$/],
  ["copilot", /^(?:\d+\+)?copilot(?:-swe-agent\[bot\])?@users\.noreply\.github\.com$/],
  [
    "codex",
    /^(?:codex@openai\.com|(?:\d+\+)?chatgpt-codex-connector\[bot\]@users\.noreply\.github\.com)$/,
  ],
  [
    "gemini-cli",
    /^(?:\d+\+)?gemini-(?:cli|code-assist)(?:-robot)?(?:\[bot\])?@users\.noreply\.github\.com$/,
  ],
  ["opencode", /^noreply@opencode\.ai$/],
  ["amp", /^amp@ampcode\.com$/],
  ["droid", /^(?:\d+\+)?factory-droid\[bot\]@users\.noreply\.github\.com$/],
  ["devin", /^(?:\d+\+)?devin-ai-integration\[bot\]@users\.noreply\.github\.com$/],
  ["jules", /^(?:\d+\+)?google-labs-jules\[bot\]@users\.noreply\.github\.com$/],
  ["aider", /^(?:noreply|aider)@aider\.chat$/],
];

function signedBy(email: string): string | undefined {
  const address = email.trim().toLowerCase();
  return signatures.find(([, pattern]) => pattern.test(address))?.[0];
}

/**
 * The agents that a commit names: in `Co-authored-by`, `Assisted-by` and `Agent-Logs-Url`, or as its author. Declared, and
 * never proof of a line.
 */
export function declaredAgents({ trailers, author }: CommitWords): string[] {
  const names = new Set<string>();
  const add = (name: string | undefined): void => void (name !== undefined && names.add(name));
  add(signedBy(author.email));
  for (const trailer of trailers) {
    const [, key = "", value = ""] = /^([\w-]+)\s*:\s*(.*)$/.exec(trailer) ?? [];
    switch (key.toLowerCase()) {
      case "co-authored-by":
        add(signedBy(/<([^<>]*)>\s*$/.exec(value)?.[1] ?? ""));
        break;
      case "assisted-by":
        add(/^[\w .+-]{1,60}(?=$|[:(<[])/.exec(value)?.[0].trim());
        break;
      case "agent-logs-url":
        // GitHub's own agent links to its sessions there.
        add(/^https:\/\/github\.com\//i.test(value) ? "copilot" : "unknown agent");
    }
  }
  return [...names].sort();
}

export interface Declared {
  readonly agent: string;
  /** Commits that name it. */
  readonly commits: number;
  /** Of them those of which no line is known to be any agent's. */
  readonly unproven: number;
}

/** Counts what commits declare, the most named agent first. */
export class DeclaredSums {
  readonly #sums = new Map<string, { agent: string; commits: number; unproven: number }>();

  add(agents: readonly string[], aiLines: number): void {
    for (const agent of agents) {
      const sum = this.#sums.get(agent) ?? { agent, commits: 0, unproven: 0 };
      this.#sums.set(agent, sum);
      sum.commits++;
      if (aiLines === 0) sum.unproven++;
    }
  }

  all(): Declared[] {
    return [...this.#sums.values()].sort(
      (one, other) => other.commits - one.commits || (one.agent < other.agent ? -1 : 1),
    );
  }
}
