import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { findRemote, transcriptPolicy } from "../../workflows/remotes/find-remote.ts";
import { describeToken } from "../../workflows/remotes/remote-token.ts";

export default defineCommand({
  summary: "Show a remote's address and where its token is",
  args: {
    name: { type: "positional", required: true, completes: "remote", description: "the remote" },
  },
  examples: [{ does: "the remote named origin", line: "agent-trace remote show origin" }],
  run(context, { name }) {
    const { terminal } = context;
    const { paths } = findStoredProject(context);
    const { remote, url } = findRemote(context, paths, name);
    const token = describeToken(context, paths.id, [name, remote]);
    terminal.print(`name     ${visible(name)}`);
    terminal.print(`url      ${visible(url.url)}`);
    terminal.print(`org      ${url.org}`);
    terminal.print(`project  ${url.project}`);
    const place = visible(token.source);
    terminal.print(`token    ${token.masked === null ? place : `${token.masked} (${place})`}`);
    const transcripts = transcriptPolicy(remote);
    if (transcripts === "none") terminal.print("policy   conversations do not go there");
    terminal.answer("remote-show", {
      transcripts,
      name,
      url: url.url,
      base_url: url.baseUrl,
      org: url.org,
      project: url.project,
      token: { reference: token.source, masked: token.masked, origin: token.origin },
    });
  },
});
