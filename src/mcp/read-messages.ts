/** A message is not longer than this; a longer one is passed over. */
const longest = 4 * 1024 * 1024;

/** Messages stand one a line. Undefined for one that is too long. Blank lines are none. */
export async function* readMessages(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const line = length > longest ? undefined : Buffer.concat(held).toString("utf8");
    held = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length;) {
      const end = chunk.indexOf(0x0a, start);
      const part = chunk.subarray(start, end < 0 ? chunk.length : end);
      length += part.length;
      if (length <= longest) held.push(new Uint8Array(part));
      else held = [];
      if (end < 0) break;
      start = end + 1;
      const line = take();
      if (line === undefined || line.trim() !== "") yield line;
    }
  }
  const line = take();
  if (line === undefined || line.trim() !== "") yield line;
}
