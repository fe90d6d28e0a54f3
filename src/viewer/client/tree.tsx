import { useMemo, useState } from "preact/hooks";
import type { VNode } from "preact";
import type { ListedFile, ProjectView } from "../views.ts";
import { Foreign } from "./foreign-text.tsx";
import { Share } from "./pieces.tsx";
import { count, fileLink } from "./words.ts";

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: ListedFile[];
  added: number;
  ai: number;
}

const newFolder = (): Folder => ({ folders: new Map(), files: [], added: 0, ai: 0 });

function grow(files: readonly ListedFile[]): Folder {
  const root = newFolder();
  for (const file of files) {
    let folder = root;
    for (const name of file.path.split("/").slice(0, -1)) {
      folder.added += file.added;
      folder.ai += file.ai;
      const next = folder.folders.get(name) ?? newFolder();
      folder.folders.set(name, next);
      folder = next;
    }
    folder.added += file.added;
    folder.ai += file.ai;
    folder.files.push(file);
  }
  return root;
}

/** So many names are shown of a search; a longer word finds the others. */
const mostFound = 200;

/** All tracked files with their shares: as a tree, or those whose name has what was typed. */
export function Tree({ project, open }: { project: ProjectView; open: string | undefined }): VNode {
  const [typed, setTyped] = useState("");
  const root = useMemo(() => grow(project.files), [project]);
  const word = typed.trim().toLowerCase();
  const found =
    word === "" ? [] : project.files.filter(({ path }) => path.toLowerCase().includes(word));
  return (
    <nav class="tree" aria-label="Files">
      <input
        id="filter"
        type="search"
        placeholder="Find a file  /"
        aria-label="Find a file"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {word === "" ? (
        <FolderList folder={root} path="" open={open} />
      ) : (
        <ul>
          {found.slice(0, mostFound).map((file) => (
            <FileRow key={file.path} file={file} name={file.path} open={open} />
          ))}
          {found.length > mostFound ? (
            <li class="quiet">{count(found.length - mostFound)} more</li>
          ) : null}
          {found.length === 0 ? <li class="quiet">no file is named so</li> : null}
        </ul>
      )}
    </nav>
  );
}

function FolderList({
  folder,
  path,
  open,
}: {
  folder: Folder;
  path: string;
  open: string | undefined;
}): VNode {
  return (
    <ul>
      {[...folder.folders].map(([name, inner]) => (
        <FolderRow key={name} name={name} folder={inner} path={`${path}${name}/`} open={open} />
      ))}
      {folder.files.map((file) => (
        <FileRow key={file.path} file={file} name={file.path.slice(path.length)} open={open} />
      ))}
    </ul>
  );
}

function FolderRow({
  name,
  folder,
  path,
  open,
}: {
  name: string;
  folder: Folder;
  path: string;
  open: string | undefined;
}): VNode {
  const holdsOpen = open?.startsWith(path) === true;
  const [isOpen, setOpen] = useState(holdsOpen || folder.files.length + folder.folders.size < 3);
  return (
    <li>
      <button type="button" class="row" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="twist" aria-hidden="true">
          {isOpen ? "▾" : "▸"}
        </span>
        <span class="name">
          <Foreign text={name} />
        </span>
        <Share part={folder.ai} whole={folder.added} />
      </button>
      {isOpen ? <FolderList folder={folder} path={path} open={open} /> : null}
    </li>
  );
}

function FileRow({
  file,
  name,
  open,
}: {
  file: ListedFile;
  name: string;
  open: string | undefined;
}): VNode {
  const isOpen = file.path === open;
  return (
    <li>
      <a
        class="row"
        href={fileLink(file.path)}
        {...(isOpen ? { "aria-current": "page" as const } : {})}
      >
        <span class="name">
          <Foreign text={name} />
        </span>
        <Share part={file.ai} whole={file.added} />
      </a>
    </li>
  );
}
