import { defineCommand } from "../command.ts";
import { completionScripts, shells } from "../terminal/completion-scripts.ts";
import { AppError } from "../errors.ts";

export default defineCommand({
  summary: "Print a shell's completion script",
  details: [
    "bash: add `source <(agent-trace completion bash)` to ~/.bashrc.",
    "zsh: add `source <(agent-trace completion zsh)` to ~/.zshrc.",
    "fish: run `agent-trace completion fish > ~/.config/fish/completions/agent-trace.fish`.",
    "PowerShell: add `agent-trace completion powershell | Out-String | Invoke-Expression` to $PROFILE.",
  ].join("\n"),
  args: {
    shell: {
      type: "positional",
      valueHint: shells.join("|"),
      description: "the shell",
      completes: "shell",
    },
  },
  examples: [{ does: "try it in this shell", line: "source <(agent-trace completion bash)" }],
  run({ terminal }, { shell }) {
    const known = shells.find((name) => name === shell);
    if (known === undefined) {
      throw new AppError("usage", `no completion for \`${shell}\``, {
        hint: `choose one of ${shells.join(", ")}`,
      });
    }
    const script = completionScripts[known];
    terminal.answer("completion", { shell: known, script });
    terminal.print(script.trimEnd());
  },
});
