/** What people do to files, between the events and unseen by any hook. */
import { type Line, bareText, blur, isOfAgent, textsOf, weakLines } from "./line.ts";
import { callOf } from "./agents.ts";
import type { Scene } from "./scene.ts";

/** A person edits a file. */
export function personEdits(scene: Scene): void {
  const [path, lines] = scene.pickFile();
  editByHand(scene, path, lines);
  const now = scene.files.get(path) ?? [];
  const left = new Set(now.map(({ id }) => id));
  const gone = textsOf(lines.filter(({ id }) => !left.has(id)));
  // Of equal lines one is gone, and with it all that told the equal ones apart.
  if (!now.some(({ text }) => gone.has(text) && scene.written.has(text) && text.length > 3)) return;
  const times = Map.groupBy([...lines, ...now], ({ text }) => text);
  const isDouble = ({ text, id }: Line): boolean =>
    scene.written.has(text) && times.get(text)?.some((other) => other.id !== id) === true;
  scene.write(
    path,
    now.map((line) => (isDouble(line) ? { ...line, hand: "either" } : line)),
  );
}

/** A place in a file, and how many lines from there on something is done to. */
interface Spot {
  readonly path: string;
  readonly lines: readonly Line[];
  readonly at: number;
  readonly some: number;
}

const edits = {
  paste: (scene, spot) => insert(scene, spot, scene.function()),
  weak: (scene, spot) =>
    insert(
      scene,
      spot,
      Array.from({ length: spot.some }, () => scene.random.pick(weakLines)),
    ),
  double: (scene, spot) =>
    insert(
      scene,
      spot,
      spot.lines.slice(Math.max(0, spot.at - spot.some), spot.at).map(({ text }) => text),
    ),
  copy(scene, spot) {
    const [, source] = scene.pickFile();
    const from = scene.random.below(source.length + 1);
    insert(
      scene,
      spot,
      source.slice(from, from + spot.some).map(({ text }) => text),
    );
  },
  change(scene, { path, lines, at, some }) {
    const changed = lines
      .slice(at, at + some)
      .flatMap((line) => changeLine(scene, line, scene.random.pick([" // mine", "x", " "])));
    scene.write(path, [...lines.slice(0, at), ...changed, ...lines.slice(at + some)]);
  },
  delete(scene, { path, lines, at, some }) {
    const gone = textsOf(lines.slice(at, at + some));
    const start = Math.max(0, at - some - 3);
    const end = at + 2 * some + 3;
    scene.write(path, [
      ...lines.slice(0, start),
      ...blur(lines.slice(start, at), gone),
      ...blur(lines.slice(at + some, end), gone),
      ...lines.slice(end),
    ]);
  },
  deleteEqual(scene, { path, lines }) {
    const twice = lines.findIndex(({ text }, place) => lines[place + 1]?.text === text);
    if (twice < 0) return;
    const which = twice + scene.random.below(2);
    const text = new Set([lines[which]?.text ?? ""]);
    scene.write(
      path,
      blur(
        lines.filter((_, place) => place !== which),
        text,
      ),
    );
  },
  swap(scene, { path, lines, at, some }) {
    const first = lines.slice(at, at + some);
    const second = lines.slice(at + some, at + 2 * some);
    const moved = [...second, ...first].map((line): Line =>
      line.hand === "agent" ? { ...line, hand: "either" } : line,
    );
    const texts = textsOf(moved);
    scene.write(
      path,
      [...lines.slice(0, at), ...moved, ...lines.slice(at + 2 * some)].map((line): Line =>
        // Which of two equal lines changed places, not even a person could tell who did not see it.
        texts.has(line.text) && scene.written.has(line.text) ? { ...line, hand: "either" } : line,
      ),
    );
  },
  reformat(scene, { path, lines }) {
    scene.write(
      path,
      lines.map((line) => {
        const text = line.text.replace(/^\t+/, (tabs) => "    ".repeat(tabs.length));
        return text === line.text ? line : respaced(scene, line, text);
      }),
    );
  },
} satisfies Record<string, (scene: Scene, spot: Spot) => void>;

const kinds = [
  ...(["paste", "paste", "weak", "double", "copy", "change", "delete"] as const),
  ...(["deleteEqual", "swap", "reformat"] as const),
];

function editByHand(scene: Scene, path: string, lines: readonly Line[]): void {
  const at = scene.pickPlace(lines);
  const some = 1 + scene.random.below(5);
  const kind = scene.random.pick(kinds);
  scene.log.push(`person ${kind} ${path}:${at + 1} ${some}`);
  edits[kind](scene, { path, lines, at, some });
}

function insert(scene: Scene, { path, lines, at }: Spot, texts: readonly string[]): void {
  // What is put beside an equal line slides along it.
  const reach = texts.length + 2;
  const start = Math.max(0, at - reach);
  const put = new Set(texts);
  scene.write(path, [
    ...lines.slice(0, start),
    ...blur(lines.slice(start, at), put),
    ...scene.lines(texts, "person"),
    ...blur(lines.slice(at, at + reach), put),
    ...lines.slice(at + reach),
  ]);
}

function changeLine(scene: Scene, line: Line, put: string): Line[] {
  const text = `${line.text}${put}`;
  return put.trim() === "" ? [respaced(scene, line, text)] : scene.lines([text], "person");
}

/** Whoever only moves a line has not written it. */
function respaced(scene: Scene, line: Line, text: string): Line {
  if (scene.written.has(line.text)) scene.written.add(text);
  return { ...line, text, id: scene.next() };
}

/** Deleted, seen by an event, and typed again: a person's, though the same words stand there. */
export async function personRetypes(scene: Scene): Promise<void> {
  const [path, lines] = scene.pickFile();
  // Under a name that no commit and no event knows yet, the first look takes all for old.
  if (scene.moved.has(path)) return;
  const at = scene.random.below(lines.length);
  const some = 1 + scene.random.below(4);
  const gone = lines.slice(at, at + some);
  scene.log.push(`person retypes ${path}:${at + 1} ${gone.length}`);
  const rest = blur([...lines.slice(0, at), ...lines.slice(at + some)], textsOf(gone));
  scene.write(path, rest);
  await scene.events.send({
    hook_event_name: "PreToolUse",
    ...callOf(scene, path, { name: "Edit", input: { old_string: "x", new_string: "y" } }),
  });
  const known = (await scene.shadow.file(`HEAD:${path}`)) ?? [];
  const again = gone.flatMap((line) =>
    scene.lines([line.text], isSeen(line, { gone, lines, known }) ? "person" : "either"),
  );
  scene.write(path, [...rest.slice(0, at), ...again, ...rest.slice(at)]);
}

/**
 * Whether it can be seen that a line was typed again. To git nothing changed where a commit has it. Where all went that
 * agents wrote since, it might be a stash that came back.
 */
function isSeen(
  line: Line,
  { gone, lines, known }: Record<"gone" | "lines" | "known", readonly Line[]>,
): boolean {
  if (line.hand === "base") return true;
  if (known.some((other) => bareText(other) === bareText(line))) return false;
  if (line.hand === "person") return true;
  const committed = new Set(known.map(({ id }) => id));
  const away = new Set(gone);
  return lines.some((one) => isOfAgent(one) && !committed.has(one.id) && !away.has(one));
}

/** Both sides of each conflict are kept, without the marks; nobody types a line. */
export function withoutMarks(text: string): string {
  return text.replace(/^(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|).*\r?\n/gm, "");
}
