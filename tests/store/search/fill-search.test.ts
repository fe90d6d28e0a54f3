import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conversationIdOf } from "../../../src/schema/digest.ts";
import type { ProjectId } from "../../../src/schema/ids.ts";
import { projectPaths } from "../../../src/store/files/paths.ts";
import { findSaid } from "../../../src/store/search/find-said.ts";
import { SearchIndex } from "../../../src/store/search/search-index.ts";
import { parseWordQuery } from "../../../src/store/search/word-query.ts";
import { fillSearch } from "../../../src/workflows/search/fill-search.ts";
import { temporaryDirectory } from "../../support/directories.ts";

const said = (role: string, text: string): string =>
  `${JSON.stringify({ type: role, message: { role, content: text } })}\n`;

function store(): Disposable & {
  paths: ReturnType<typeof projectPaths>;
  keep(name: string, text: string): void;
} {
  const directory = temporaryDirectory();
  const paths = projectPaths(directory.path, `at-${"0".repeat(32)}` as ProjectId);
  mkdirSync(paths.live, { recursive: true });
  return {
    paths,
    keep(name, text) {
      const source = `/sessions/${name}`;
      const id = conversationIdOf(source);
      writeFileSync(
        join(paths.live, `${id}.json`),
        JSON.stringify({ source, inode: 1, agent: "pi", time: "" }),
      );
      appendFileSync(join(paths.live, id), text);
    },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

const find = (index: SearchIndex, text: string): string[] =>
  [...findSaid(index, parseWordQuery(text)?.match ?? "", {})].map((found) => found.text).sort();

/** Three transcripts of three mebibytes: of each word there is one turn. */
function fillUp(keep: (name: string, text: string) => void): string[] {
  const words: string[] = [];
  for (const name of ["a", "b", "c"]) {
    for (let turn = 0; turn < 30; turn++) {
      words.push(`turn ${name}${turn}`);
      keep(
        name,
        said("user", `turn ${name}${turn}`) + `{"type":"books","x":"${"x".repeat(100_000)}"}\n`,
      );
    }
  }
  return words.sort();
}

describe("filling the index of words", () => {
  test("goes on where it was stopped, and enters each turn once", () => {
    using scene = store();
    const all = fillUp(scene.keep);
    {
      using index = new SearchIndex(scene.paths);
      const steps = fillSearch(scene.paths, index);
      for (let step = 0; step < 4; step++) steps.next();
      steps.return(undefined);
    }
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "turn")).toEqual(all);
  });

  test("of two processes at once enters each turn once", () => {
    using scene = store();
    const all = fillUp(scene.keep);
    using one = new SearchIndex(scene.paths);
    using other = new SearchIndex(scene.paths);
    const steps = [fillSearch(scene.paths, one), fillSearch(scene.paths, other)];
    while (steps.map((step) => step.next().done).includes(false));
    for (const _ of fillSearch(scene.paths, one));
    expect(find(other, "turn")).toEqual(all);
  });

  test("costs nothing where nothing is new", () => {
    using scene = store();
    fillUp(scene.keep);
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect([...fillSearch(scene.paths, index)]).toEqual([]);
    scene.keep("b", said("user", "turn more"));
    const [last] = [...fillSearch(scene.paths, index)].slice(-1);
    expect(last?.bytesTotal).toBe(said("user", "turn more").length);
    expect(find(index, "more")).toEqual(["turn more"]);
  });

  test("takes half a line when its end has come", () => {
    using scene = store();
    const line = said("user", "one whole line");
    scene.keep("a", said("user", "before") + line.slice(0, 30));
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "whole")).toEqual([]);
    scene.keep("a", line.slice(30));
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "whole")).toEqual(["one whole line"]);
    expect(find(index, "before")).toEqual(["before"]);
  });

  test.each([
    ["a document of one line", JSON.stringify([{ role: "user", content: "sought words" }])],
    [
      "a document of many lines",
      JSON.stringify([{ role: "user", content: "sought words" }], null, 2),
    ],
    ["plain text", "a note\nwith sought words\n"],
    [
      "a log of changes",
      `{"sessionId":"s","projectHash":"h"}\n{"id":"1","type":"user","content":"sough"}\n` +
        `{"id":"1","type":"user","content":"sought words"}\n`,
    ],
  ])("reads %s, once, however often it changes", (_, text) => {
    using scene = store();
    scene.keep("a", text);
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "sought")).toHaveLength(1);
    scene.keep("a", "\n");
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "sought")).toHaveLength(1);
    expect(find(index, "sough")).toEqual([]);
  });

  test.each([
    ["no time", "soon"],
    ["a year that no calendar has", "+275760-09-13T00:00:00Z"],
    ["a time before all times", "-271821-04-20T00:00:00Z"],
    ["a number", 1e300],
  ])("takes turns whose time is %s", (_, timestamp) => {
    using scene = store();
    for (let turn = 0; turn < 3; turn++) {
      const row = { type: "user", timestamp, message: { role: "user", content: `odd ${turn}` } };
      scene.keep("a", `${JSON.stringify(row)}\n`);
      scene.keep("b", `${JSON.stringify(row)}\n`);
    }
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "odd")).toHaveLength(6);
  });

  test("takes texts that are no proper text, and words without end", () => {
    using scene = store();
    const texts = [
      "nul \u0000 behind",
      "half \uD800 behind",
      `${"x".repeat(1_000_000)} behind`,
      "behind",
    ];
    for (const text of texts) scene.keep("a", said("user", text));
    scene.keep("a", `{"type":"user","message":{"role":"user","content":"torn behind`);
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "behind")).toHaveLength(4);
    scene.keep("a", "\n\u0000\u0000\n" + said("user", "last behind"));
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "behind")).toHaveLength(5);
  });

  test("looks in one conversation and in thousands", () => {
    using scene = store();
    scene.keep("a", said("user", "one two"));
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "one two ".repeat(50))).toEqual(["one two"]);
    const all = new Set(Array.from({ length: 5000 }, (_, at) => `${at}`));
    for (const id of index.transcripts().keys()) all.add(id);
    const match = parseWordQuery("one")?.match ?? "";
    expect([...findSaid(index, match, { conversations: all })]).toHaveLength(1);
    for (let at = 0; at < 300; at++) scene.keep(`more ${at}`, said("user", "one more"));
    for (const _ of fillSearch(scene.paths, index));
    const ids = [...index.transcripts().keys()];
    expect([...findSaid(index, match, { conversations: new Set(ids) })]).toHaveLength(301);
    expect([...findSaid(index, match, { conversations: new Set(ids.slice(0, 250)) })]).toHaveLength(
      250,
    );
  });

  test("takes any number of turns of one moment in one order", () => {
    using scene = store();
    const crowd = Array.from({ length: 5000 }, (_, at) => said("user", `crowd ${at}`)).join("");
    scene.keep("a", crowd);
    scene.keep("b", crowd);
    using index = new SearchIndex(scene.paths);
    for (const _ of fillSearch(scene.paths, index));
    expect(find(index, "crowd")).toHaveLength(10_000);
  });
});
