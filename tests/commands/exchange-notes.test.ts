import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../src/errors.ts";
import { serveGit } from "../support/git-http.ts";
import { type Person, type Team, notesRef, notesTeam, noteWith } from "../support/notes-team.ts";

/** Everybody's own commit and note, and a note of theirs on the commit that all have. */
function write({ people, base }: Team): string[] {
  return people.map((person) => {
    const commit = person.commit("work");
    person.note(commit, noteWith({}, person.name));
    person.note(base, noteWith({ summary: { [person.name]: `told by ${person.name}` } }));
    return commit;
  });
}

/** A second clone, which sees what the remote has. */
async function whatIsThere(team: Team): Promise<Map<string, unknown>> {
  const [first] = team.people as [Person];
  // Straight from the directory: the server is in this process, which waits for git here.
  first.git("fetch", "--quiet", team.origin, `+${notesRef}:${notesRef}`);
  return first.notes();
}

describe("ten people who push notes at once", () => {
  test.each([
    ["a directory", 10],
    ["HTTP", 6],
  ])(
    "lose nothing over %s, of their own commits and of one that all wrote about",
    async (way, count) => {
      using team = await notesTeam(count);
      await using server = serveGit(team.origin);
      if (way === "HTTP") {
        for (const { git } of team.people) git("remote", "set-url", "origin", server.url);
      }
      const commits = write(team);
      const push = async (person: Person): Promise<void> => {
        const { exitCode, stderr } = await person.run("notes", "push");
        // Overtaken five times: nothing is lost, and the person is told to come again.
        if (exitCode === exitCodes.conflict) return push(person);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      };
      await Promise.all(team.people.map(push));
      const notes = await whatIsThere(team);
      expect([...notes.keys()].toSorted()).toEqual([...commits, team.base].toSorted());
      expect(notes.get(team.base)).toMatchObject({
        summary: Object.fromEntries(team.people.map(({ name }) => [name, `told by ${name}`])),
      });
    },
    60_000,
  );

  test("would lose some by a push that overwrites (control)", async () => {
    using team = await notesTeam(4);
    const commits = write(team);
    for (const { gitMeanwhile } of team.people) {
      expect(await gitMeanwhile("push", "--quiet", "--force", "origin", notesRef)).toBe(0);
    }
    expect((await whatIsThere(team)).size).toBeLessThan(commits.length + 1);
  }, 60_000);
});

test("pull and push change no setting, run no hook and leave nothing else behind", async () => {
  using team = await notesTeam(2);
  const [ada, bob] = team.people as [Person, Person];
  ada.note(team.base, noteWith({}));
  const told = join(ada.repo, "told");
  for (const name of ["pre-push", "reference-transaction"]) {
    const hook = join(ada.repo, ".git/hooks", name);
    writeFileSync(hook, `#!/bin/sh\necho ${name} >> '${told}'\n`);
    chmodSync(hook, 0o755);
  }
  const settings = readFileSync(join(ada.repo, ".git/config"), "utf8");
  expect(await ada.run("notes", "push")).toEqual({
    exitCode: 0,
    stdout: "Pushed notes to origin\n",
    stderr: "",
  });
  expect((await ada.run("notes", "push")).stdout).toBe("origin has all notes\n");
  expect(existsSync(told)).toBe(false);
  expect(readFileSync(join(ada.repo, ".git/config"), "utf8")).toBe(settings);
  expect((await bob.run("notes", "pull")).stdout).toBe("Took in 1 note from origin\n");
  expect((await bob.run("notes", "pull")).stdout).toBe("origin has no note that is not here\n");
  expect(bob.notes()).toEqual(ada.notes());
  const refs = bob.git("for-each-ref", "--format=%(refname)").split("\n");
  expect(refs.filter((name) => !/^refs\/(?:heads|remotes)\//.test(name))).toEqual([
    "refs/agent-trace/notes/origin",
    notesRef,
  ]);
});

describe("of one commit with two notes", () => {
  async function merged(
    first: readonly [unknown, string],
    second: readonly [unknown, string],
  ): Promise<unknown> {
    using team = await notesTeam(2);
    const [ada, bob] = team.people as [Person, Person];
    ada.note(team.base, ...first);
    bob.note(team.base, ...second);
    expect((await ada.run("notes", "push")).exitCode).toBe(0);
    expect((await bob.run("notes", "push")).exitCode).toBe(0);
    expect((await ada.run("notes", "pull")).exitCode).toBe(0);
    expect(ada.notes()).toEqual(bob.notes());
    return bob.notes().get(team.base);
  }
  const [early, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
  const files = (start_line: number) => {
    const segment = { start_line, end_line: start_line, type: "ai", trace_id: "t" };
    return { ledger: { files: { "a.ts": { line_attributions: [segment] } } } };
  };

  test("the claims of one ledger are united", async () => {
    const note = (await merged([noteWith(files(1)), early], [noteWith(files(2)), late])) as {
      ledger: { files: { "a.ts": { line_attributions: { start_line: number }[] } } };
    };
    const segments = note.ledger.files["a.ts"].line_attributions;
    expect(segments.map(({ start_line }) => start_line).toSorted()).toEqual([1, 2]);
  });

  test.each([
    ["ours is newer", late, early, "bob"],
    ["theirs is newer", early, late, "ada"],
  ])("the newer of two ledgers stays: %s", async (_what, bobs, adas, expected) => {
    const own = { ada: noteWith(files(1), "ada"), bob: noteWith(files(2), "bob") };
    const words = { summary: { x: "words" } };
    const note = await merged([{ ...own.ada, ...words }, adas], [own.bob, bobs]);
    expect(note).toEqual({ ...own[expected as "ada" | "bob"], ...words });
  });

  test("what another program wrote is kept", async () => {
    expect(await merged(["deployed on Monday", early], [noteWith({}), late])).toBe(
      "deployed on Monday",
    );
    expect(await merged(["deployed on Monday", early], ["tested on Sunday", late])).toBe(
      "deployed on Monday\n\ntested on Sunday",
    );
  });
});

test("what one side changed or took away stays changed and away", async () => {
  using team = await notesTeam(2);
  const [ada, bob] = team.people as [Person, Person];
  const [words, gone] = [ada.commit("one"), ada.commit("two")];
  ada.note(words, noteWith({ prompts: ["private words"] }));
  ada.note(gone, noteWith({}));
  ada.git("push", "--quiet", "origin", "HEAD:main");
  await ada.run("notes", "push");
  bob.git("pull", "--quiet", "origin", "main");
  await bob.run("notes", "pull");
  expect((await ada.run("notes", "strip", "--prompts", words)).exitCode).toBe(0);
  ada.git("notes", `--ref=${notesRef}`, "remove", gone);
  bob.note(team.base, noteWith({}));
  expect((await bob.run("notes", "push")).exitCode).toBe(0);
  expect((await ada.run("notes", "push")).exitCode).toBe(0);
  await bob.run("notes", "pull");
  expect(bob.notes()).toEqual(ada.notes());
  expect([...ada.notes().keys()].toSorted()).toEqual([words, team.base].toSorted());
  expect(ada.notes().get(words)).not.toHaveProperty("prompts");
});

test("notes of commits that are not here come along, as does what git arranged in another way", async () => {
  using team = await notesTeam(2);
  const [ada, bob] = team.people as [Person, Person];
  const commits = Array.from({ length: 3 }, (_, at) => ada.commit(`${at}`));
  for (const commit of commits) ada.note(commit, noteWith({}));
  await ada.run("notes", "push");
  bob.note(team.base, noteWith({}));
  expect((await bob.run("notes", "push")).exitCode).toBe(0);
  expect([...bob.notes().keys()].toSorted()).toEqual([...commits, team.base].toSorted());
  expect(bob.git("fsck", "--strict", "--connectivity-only")).toBe("");
});

describe("a push that cannot go", () => {
  test("says why", async () => {
    using team = await notesTeam(1);
    const [ada] = team.people as [Person];
    ada.note(team.base, noteWith({}));
    const hook = join(team.origin, "hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\nexit 1\n");
    chmodSync(hook, 0o755);
    const refused = await ada.run("notes", "push");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("the remote refuses it: pre-receive hook declined");
    expect(await ada.run("notes", "push", "--remote", "nobody")).toMatchObject({ exitCode: 1 });
    ada.git("remote", "set-url", "origin", "file:///nonexistent/x.git");
    expect(await ada.run("notes", "pull")).toMatchObject({ exitCode: 1, stdout: "" });
    ada.git("remote", "remove", "origin");
    expect((await ada.run("notes", "push")).stderr).toContain("has no git remote");
  });

  test("goes nowhere where the network is not wanted, and does nothing where there is nothing", async () => {
    using team = await notesTeam(1);
    const [ada] = team.people as [Person];
    expect((await ada.run("notes", "push", "--offline")).exitCode).toBe(5);
    expect((await ada.run("notes", "push")).stdout).toBe("origin has all notes\n");
    expect((await ada.run("notes", "pull")).stdout).toBe("origin has no note that is not here\n");
  });
});
