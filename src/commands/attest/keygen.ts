import { hostname, userInfo } from "node:os";
import { defineCommand } from "../../command.ts";
import { AppError } from "../../errors.ts";
import { makeOwnKey, ownKeyPaths } from "../../workflows/attesting/own-key.ts";

export default defineCommand({
  summary: "Make a key that signs attestations",
  details:
    "An ed25519 key in AGENT_TRACE_HOME that its owner alone can read. The line it prints is for the file that others name with `verify --attestations --trusted`.",
  args: {
    name: {
      type: "string",
      valueHint: "WHO",
      description: "whose key it is (default: user@host)",
      completes: "none",
    },
  },
  examples: [
    { does: "make the key of a CI job", line: "agent-trace attest keygen --name ci@example.com" },
  ],
  run(context, { name }) {
    const { terminal, home } = context;
    const principal = name ?? `${userInfo().username}@${hostname()}`;
    if (!/^[^\s#",]+$/.test(principal)) {
      throw new AppError("usage", `\`--name\` must be one word, not \`${principal}\``, {
        hint: "an e-mail address is usual",
      });
    }
    const { line, key } = makeOwnKey(home, principal);
    const paths = ownKeyPaths(home);
    terminal.print(line);
    terminal.note(`The key is in ${paths.secret}`);
    terminal.answer("attest-keygen", {
      fingerprint: key.fingerprint,
      allowed_signer: line,
      key_path: paths.secret,
      public_key_path: paths.publicPem,
    });
  },
});
