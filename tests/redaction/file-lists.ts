import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface FileList {
  readonly name: string;
  readonly text: string;
}

const mostFiles = 120;
const largestFile = 256 * 1024;

/** The files of a project, a few levels deep, by their paths. */
function filesIn(directory: string): string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(directory, path), { withFileTypes: true })) {
      if (found.length >= mostFiles) return;
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(below);
      else if (entry.isFile() && statSync(join(directory, below)).size <= largestFile)
        found.push(below);
    }
  };
  walk("");
  return found;
}

const hash = (kind: "sha1" | "sha256" | "sha384" | "sha512" | "md5", bytes: Uint8Array) =>
  new Bun.CryptoHasher(kind).update(bytes);

/** All that lists of files say of one: sums as git, npm, Go, Docker and Debian write them, a UUID, an image. */
function describe(path: string, bytes: Uint8Array): string[] {
  const sha256 = hash("sha256", bytes).digest("hex");
  const uuid = hash("sha1", Buffer.from(path)).digest("hex");
  const image = Buffer.from(Bun.gzipSync(Uint8Array.from(bytes))).toString("base64");
  return [
    `100644 blob ${hash("sha1", bytes).digest("hex")}\t${path}`,
    `${sha256}  ${path}`,
    `${hash("md5", bytes).digest("hex")}  usr/share/${path}`,
    `"${path}": {"integrity": "sha512-${hash("sha512", bytes).digest("base64")}"}`,
    `${path} v1.2.3 h1:${hash("sha256", bytes).digest("base64")}`,
    `<script src="${path}" integrity="sha384-${hash("sha384", bytes).digest("base64")}"></script>`,
    `image@sha256:${sha256} ${bytes.length}`,
    JSON.stringify({
      id: `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-5${uuid.slice(13, 16)}-8${uuid.slice(17, 20)}-${uuid.slice(20, 32)}`,
      path,
      etag: `"${hash("md5", bytes).digest("hex")}"`,
    }),
    `![](data:image/png;base64,iVBORw0KGgoAAAANSUhEUg${image.slice(0, 3000)}) ${path}`,
  ];
}

function listOf(name: string, directory: string): FileList {
  const lines = filesIn(directory).flatMap((path) =>
    describe(path, readFileSync(join(directory, path))),
  );
  return { name, text: `${lines.join("\n")}\n` };
}

/** Lists of the files of open-source projects that are at hand: those that this program is built with, and others. */
export function openSourceLists(): FileList[] {
  const packages = readdirSync("node_modules", { withFileTypes: true })
    .flatMap(({ name }) =>
      name.startsWith("@")
        ? readdirSync(join("node_modules", name)).map((inner) => `${name}/${inner}`)
        : [name],
    )
    .filter(
      (name) => !name.startsWith(".") && existsSync(join("node_modules", name, "package.json")),
    )
    .toSorted();
  const lists = packages.map((name) => listOf(name, join("node_modules", name)));
  const whole = ["bun.lock", "/var/lib/dpkg/status", ...debianSums()].filter((path) =>
    existsSync(path),
  );
  return [
    ...lists,
    ...whole.map((path) => ({ name: path, text: readFileSync(path, "utf8") })),
  ].filter(({ text }) => text.length > 2000);
}

function debianSums(): string[] {
  const directory = "/var/lib/dpkg/info";
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith(".md5sums"));
  return names
    .toSorted()
    .slice(0, 40)
    .map((name) => join(directory, name));
}
