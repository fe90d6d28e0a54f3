/** What a Windows program says of itself in its header. Layout after Microsoft's PE/COFF specification. */
export interface ExecutableReport {
  readonly machine: "x64" | "arm64" | "unknown";
  /** Runs in a console, not as a window. */
  readonly isConsole: boolean;
  /** The sections end where the file ends, or before. */
  readonly isWhole: boolean;
  /** The libraries that Windows must have, in lower case, sorted. */
  readonly imports: readonly string[];
}

export function readExecutable(file: Uint8Array): ExecutableReport {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const header = view.getUint32(0x3c, true);
  if (view.getUint16(0, true) !== 0x5a4d || view.getUint32(header, true) !== 0x4550) {
    throw new Error("not a Windows program");
  }
  const optional = header + 24;
  if (view.getUint16(optional, true) !== 0x20b) throw new Error("not a 64-bit Windows program");
  const table = optional + view.getUint16(header + 20, true);
  const sections = Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => {
    const at = table + 40 * index;
    const [size = 0, address = 0, rawSize = 0, raw = 0] = [8, 12, 16, 20].map((offset) =>
      view.getUint32(at + offset, true),
    );
    return { size, address, rawSize, raw };
  });
  const offsetOf = (address: number): number => {
    const section = sections.find(
      (one) => address >= one.address && address < one.address + one.size,
    );
    if (section === undefined) throw new Error("an address lies in no section");
    return section.raw + address - section.address;
  };
  const imports: string[] = [];
  const importTable = view.getUint32(optional + 120, true);
  for (let at = offsetOf(importTable); view.getUint32(at + 12, true) !== 0; at += 20) {
    const name = offsetOf(view.getUint32(at + 12, true));
    imports.push(
      new TextDecoder().decode(file.subarray(name, file.indexOf(0, name))).toLowerCase(),
    );
  }
  const machines: Readonly<Record<number, "x64" | "arm64">> = { 0x8664: "x64", 0xaa64: "arm64" };
  return {
    machine: machines[view.getUint16(header + 4, true)] ?? "unknown",
    isConsole: view.getUint16(optional + 68, true) === 3,
    isWhole: sections.every(({ raw, rawSize }) => raw + rawSize <= file.length),
    imports: imports.sort(),
  };
}
