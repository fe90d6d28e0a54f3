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

interface Layout {
  /** Where the signature lies and how much room it has, in bytes. */
  readonly offset: number;
  readonly size: number;
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
  /** The room of the signature ends where the file ends. */
  readonly endsWithFile: boolean;
  readonly execSegmentIsText: boolean;
}

/** Writes a fresh ad-hoc signature into the room of the old one; the file keeps its size. */
export function signAdHoc(file: Uint8Array, identifier: string): void {
  const { offset, size, textOffset, textSize } = readLayout(file);
  const name = new TextEncoder().encode(`${identifier}\0`);
  const pages = Math.ceil(offset / pageSize);
  const headerSize = 88;
  const hashOffset = headerSize + name.length;
  const directorySize = hashOffset + pages * hashSize;
  const indexSize = 20;
  if (indexSize + directorySize > size) {
    throw new Error(`a signature of ${indexSize + directorySize} bytes does not fit into ${size}`);
  }
  const room = file.subarray(offset, offset + size).fill(0);
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
}

/** Reads the signature back and hashes every page anew. */
export function verifySignature(file: Uint8Array): SignatureReport {
  const { offset, size, textOffset, textSize } = readLayout(file);
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
    endsWithFile: offset + size === file.length && view.getUint32(4) <= size,
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
  let signature: { offset: number; size: number } | undefined;
  let text: { textOffset: bigint; textSize: bigint } | undefined;
  const commands = view.getUint32(16, true);
  for (let command = 0, at = 32; command < commands; command++) {
    const kind = view.getUint32(at, true);
    if (kind === codeSignature) {
      signature = { offset: view.getUint32(at + 8, true), size: view.getUint32(at + 12, true) };
    } else if (kind === segment64) {
      const name = new TextDecoder().decode(file.subarray(at + 8, at + 24)).replace(/\0+$/, "");
      if (name === "__TEXT") {
        const [textOffset, textSize] = [at + 40, at + 48].map((i) => view.getBigUint64(i, true));
        text = { textOffset: textOffset ?? 0n, textSize: textSize ?? 0n };
      }
    }
    at += view.getUint32(at + 4, true);
  }
  if (signature === undefined) throw new Error("the program has no room for a signature");
  if (text === undefined) throw new Error("the program has no __TEXT segment");
  return { ...signature, ...text };
}
