/** Archives whose bytes follow from their entries alone: given order, one time for all, no owner, no padding of chance. */
export interface ArchiveEntry {
  /** With `/`, without a leading one; at most 100 bytes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

/** Level 9 of libdeflate: three seconds for 110 MB; the levels above take thrice that for two percent. */
const compression = { library: "libdeflate", level: 9 } as const;

/** A gzipped tar archive in the POSIX form that every `tar` reads. `time` is in seconds since 1970. */
export function tarGz(entries: readonly ArchiveEntry[], time: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    blocks.push(tarHeader(entry, time), entry.content);
    blocks.push(new Uint8Array((512 - (entry.content.length % 512)) % 512));
  }
  blocks.push(new Uint8Array(1024));
  return Bun.gzipSync(Buffer.concat(blocks), compression);
}

function tarHeader({ path, content, executable }: ArchiveEntry, time: number): Uint8Array {
  const header = new Uint8Array(512);
  const write = (at: number, text: string): void => void header.set(Buffer.from(text), at);
  const octal = (at: number, value: number, digits: number): void =>
    write(at, `${value.toString(8).padStart(digits, "0")}\0`);
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for the archive`);
  write(0, path);
  octal(100, executable === true ? 0o755 : 0o644, 7);
  octal(108, 0, 7);
  octal(116, 0, 7);
  octal(124, content.length, 11);
  octal(136, time, 11);
  write(148, "        ");
  write(156, "0");
  write(257, "ustar\u000000");
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** A zip archive; for Windows, which unpacks no other without help. */
export function zip(entries: readonly ArchiveEntry[], time: number): Uint8Array {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.path);
    const packed = Bun.deflateSync(entry.content as Uint8Array<ArrayBuffer>, compression);
    const common = zipFields(entry.content, packed, { name, time });
    const local = Buffer.concat([uint32(0x04034b50), common, uint16(0), name]);
    const mode = (entry.executable === true ? 0o100755 : 0o100644) * 0x10000;
    directory.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(0x0314),
        common,
        ...[0, 0, 0, 0].map(uint16),
        uint32(mode),
        uint32(offset),
        name,
      ]),
    );
    body.push(local, packed);
    offset += local.length + packed.length;
  }
  const size = directory.reduce((total, { length }) => total + length, 0);
  const count = uint16(entries.length);
  const end = [uint32(0x06054b50), uint32(0), count, count, uint32(size), uint32(offset)];
  return Buffer.concat([...body, ...directory, ...end, uint16(0)]);
}

/** The fields that the local header and the directory share, from the version needed to the length of the name. */
function zipFields(
  content: Uint8Array,
  packed: Uint8Array,
  { name, time }: { name: Uint8Array; time: number },
): Uint8Array {
  const date = new Date(time * 1000);
  const clock =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const deflated = 8;
  const unicodeNames = 0x800;
  return Buffer.concat([
    ...[20, unicodeNames, deflated, clock, day].map(uint16),
    ...[Bun.hash.crc32(content), packed.length, content.length].map(uint32),
    uint16(name.length),
  ]);
}

function uint16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
