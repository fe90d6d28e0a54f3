import { type Static, Type } from "@sinclair/typebox";

/** What git counts of a commit, as it goes over the wire. */
export const WireCommit = Type.Object({
  commit_sha: Type.String({ pattern: "^(?:[0-9a-f]{40}|[0-9a-f]{64})$" }),
  parents: Type.Array(Type.String()),
  committed_at: Type.String(),
  files: Type.Array(
    Type.Object({
      path: Type.String({ minLength: 1 }),
      added: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
        description: "null of a file whose lines git does not count",
      }),
      apart: Type.Optional(
        Type.Union([Type.Literal("generated"), Type.Literal("vendored"), Type.Literal("binary")], {
          description: "left out of a file that is counted with the rest",
        }),
      ),
    }),
  ),
});

export type WireCommit = Static<typeof WireCommit>;
