/**
 * Ad-hoc signatures of macOS programs. The kernel kills a program at the first page whose hash is wrong, and for one
 * target the compiler leaves old hashes behind. Layout after Apple's `cs_blobs.h` and `mach-o/loader.h`: load commands
 * are little-endian, everything within a signature is big-endian.
 */
import { createHash } from "node:crypto";

const magic64 = 0xfeedfacf;
const segment64 = 0x19;
const codeSignature = 0x1d;
const superBlobMagic = 0xfade0cc0;
const codeDirectoryMagic = 0xfade0c02;
const codeDirectoryVersion = 0x20400;
const adHoc = 2;
const sha256 = 2;
const hashSize = 32;
const pageSize = 4096;
const mainBinary = 1n;

interface Segment {
  /** Where its load command stands in the file. */
  readonly command: number;
  readonly name: string;
  readonly address: bigint;
  readonly fileOffset: bigint;
  readonly fileSize: bigint;
}

interface Layout {
  /** Where the signature lies and how much room it has, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Where the load command of the signature stands. */
  readonly command: number;
  readonly segments: readonly Segment[];
  /** The file range of `__TEXT`. */
  readonly textOffset: bigint;
  readonly textSize: bigint;
}

/** What a signature says of its file, and whether it is true. */
export interface SignatureReport {
  readonly pages: number;
  readonly wrongPages: number;
  readonly flags: number;
  readonly identifier: string;
  /** The hashed part ends where the signature begins. */
  readonly coversAllCode: boolean;
  /** The room of the signature and its segment end where the file ends. */
  readonly endsWithFile: boolean;
  readonly execSegmentIsText: boolean;
}

/**
 * The file with a fresh ad-hoc signature in the place of its old one. The old one's room is kept where that is large
 * enough, else it grows at the end of the file.
 */
export function signAdHoc(program: Uint8Array, identifier: string): Uint8Array {
  const { offset, textOffset, textSize } = readLayout(program);
  const name = new TextEncoder().encode(`${identifier}\0`);
  const pages = Math.ceil(offset / pageSize);
  const headerSize = 88;
  const hashOffset = headerSize + name.length;
  const directorySize = hashOffset + pages * hashSize;
  const indexSize = 20;
  const file = withRoom(program, indexSize + directorySize);
  const room = file.subarray(offset).fill(0);
  const view = new DataView(room.buffer, room.byteOffset, room.byteLength);
  const words = (at: number, ...values: number[]): void =>
    values.forEach((value, index) => view.setUint32(at + 4 * index, value));
  words(0, superBlobMagic, indexSize + directorySize, 1, 0, indexSize);
  const directory = indexSize;
  words(directory, codeDirectoryMagic, directorySize, codeDirectoryVersion, adHoc);
  words(directory + 16, hashOffset, headerSize, 0, pages, offset);
  room.set([hashSize, sha256, 0, Math.log2(pageSize)], directory + 36);
  view.setBigUint64(directory + 64, textOffset);
  view.setBigUint64(directory + 72, textSize);
  view.setBigUint64(directory + 80, mainBinary);
  room.set(name, directory + headerSize);
  for (let page = 0; page < pages; page++) {
    room.set(hashPage(file, page, offset), directory + hashOffset + page * hashSize);
  }
  return file;
}

/** A copy whose signature has room for `needed` bytes: the signature, the segment around it and the file grow. */
function withRoom(program: Uint8Array, needed: number): Uint8Array {
  const { offset, size, command, segments } = readLayout(program);
  if (offset + size !== program.length) throw new Error("the signature is not the file's end");
  if (needed <= size) return program.slice();
  const linkEdit = segments.find(({ name }) => name === "__LINKEDIT");
  const isLast = segments.every(({ address }) => address <= (linkEdit?.address ?? 0n));
  if (linkEdit === undefined || !isLast) throw new Error("no room behind the last segment");
  const grown = Math.ceil(needed / 16) * 16;
  const file = new Uint8Array(offset + grown);
  file.set(program.subarray(0, offset));
  const view = new DataView(file.buffer);
  const fileSize = BigInt(file.length) - linkEdit.fileOffset;
  const memoryPage = 0x4000n;
  view.setUint32(command + 12, grown, true);
  view.setBigUint64(
    linkEdit.command + 32,
    ((fileSize + memoryPage - 1n) / memoryPage) * memoryPage,
    true,
  );
  view.setBigUint64(linkEdit.command + 48, fileSize, true);
  return file;
}

/** Reads the signature back and hashes every page anew. */
export function verifySignature(file: Uint8Array): SignatureReport {
  const { offset, size, segments, textOffset, textSize } = readLayout(file);
  const linkEdit = segments.find(({ name }) => name === "__LINKEDIT");
  const room = file.subarray(offset, offset + size);
  const view = new DataView(room.buffer, room.byteOffset, room.byteLength);
  if (view.getUint32(0) !== superBlobMagic) throw new Error("no signature where one should be");
  const count = view.getUint32(8);
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(16 + 8 * index));
  const directory = offsets.find((at) => view.getUint32(at) === codeDirectoryMagic);
  if (directory === undefined) throw new Error("the signature has no code directory");
  const word = (at: number): number => view.getUint32(directory + at);
  const [hashes, name, pages, limit] = [word(16), word(20), word(28), word(32)];
  let wrongPages = 0;
  for (let page = 0; page < pages; page++) {
    const at = directory + hashes + page * hashSize;
    if (hashPage(file, page, limit).compare(room.subarray(at, at + hashSize)) !== 0) wrongPages++;
  }
  const nameStart = directory + name;
  return {
    pages,
    wrongPages,
    flags: word(12),
    identifier: new TextDecoder().decode(room.subarray(nameStart, room.indexOf(0, nameStart))),
    coversAllCode: limit === offset && pages === Math.ceil(limit / pageSize),
    endsWithFile:
      offset + size === file.length &&
      view.getUint32(4) <= size &&
      linkEdit !== undefined &&
      linkEdit.fileOffset + linkEdit.fileSize === BigInt(file.length),
    execSegmentIsText:
      view.getBigUint64(directory + 64) === textOffset &&
      view.getBigUint64(directory + 72) === textSize,
  };
}

function hashPage(file: Uint8Array, page: number, limit: number): Buffer {
  const start = page * pageSize;
  return createHash("sha256")
    .update(file.subarray(start, Math.min(start + pageSize, limit)))
    .digest();
}

function readLayout(file: Uint8Array): Layout {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0, true) !== magic64) throw new Error("not a 64-bit macOS program");
  let signature: { offset: number; size: number; command: number } | undefined;
  const segments: Segment[] = [];
  const commands = view.getUint32(16, true);
  for (let index = 0, command = 32; index < commands; index++) {
    const kind = view.getUint32(command, true);
    const big = (at: number): bigint => view.getBigUint64(command + at, true);
    if (kind === codeSignature) {
      const [offset, size] = [
        view.getUint32(command + 8, true),
        view.getUint32(command + 12, true),
      ];
      signature = { offset, size, command };
    } else if (kind === segment64) {
      const label = new TextDecoder().decode(file.subarray(command + 8, command + 24));
      const name = label.replace(/\0+$/, "");
      segments.push({ command, name, address: big(24), fileOffset: big(40), fileSize: big(48) });
    }
    command += view.getUint32(command + 4, true);
  }
  const text = segments.find(({ name }) => name === "__TEXT");
  if (signature === undefined) throw new Error("the program has no room for a signature");
  if (text === undefined) throw new Error("the program has no __TEXT segment");
  return { ...signature, segments, textOffset: text.fileOffset, textSize: text.fileSize };
}
