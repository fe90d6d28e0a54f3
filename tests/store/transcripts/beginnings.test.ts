import { expect, test } from "bun:test";
import { hashBlob } from "../../../src/schema/digest.ts";
import { beginningsOf } from "../../../src/store/transcripts/beginnings.ts";
import { saveSnapshot } from "../../../src/store/transcripts/write-snapshot.ts";
import { projectScene } from "../scene.ts";

test("earlier forms of a transcript are found by their bytes, and no other snapshot is", () => {
  using scene = projectScene();
  const keep = (text: string) => {
    const blob = hashBlob(text);
    saveSnapshot(scene.project, blob, Buffer.from(text));
    return blob;
  };
  const [first, second] = [keep("one\n"), keep("one\ntwo\n")];
  keep("two\n");
  keep("one\nTwo\n");
  const whole = keep("one\ntwo\nthree\n");
  keep("one\ntwo\nthree\nfour\n");
  expect(beginningsOf(scene.project, whole)).toEqual([first, second]);
  expect(beginningsOf(scene.project, hashBlob("not kept"))).toEqual([]);
});
