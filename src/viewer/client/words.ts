/** 1234567 as `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function plural(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? "" : "s"}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  if (part > 0 && share < 1) return "<1 %";
  return `${part < whole && share > 99 ? 99 : Math.round(share)} %`;
}

const steps = [
  [60, "s"],
  [60, "min"],
  [24, "h"],
  [30, "d"],
  [12, "mo"],
  [Number.POSITIVE_INFINITY, "y"],
] as const;

/** How long ago a time was, in one unit. */
export function age(time: string | null): string {
  if (time === null) return "";
  let value = (Date.now() - Date.parse(time)) / 1000;
  if (!Number.isFinite(value)) return "";
  if (value < 45) return "now";
  for (const [size, unit] of steps) {
    if (value < size) return `${Math.max(1, Math.round(value))} ${unit}`;
    value /= size;
  }
  return "";
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(0)} KiB`;
  return `${(value / 1024 / 1024).toFixed(1)} MiB`;
}

/** A model without its maker. */
export function shortModel(model: string | null): string {
  return (model ?? "").replace(/^[^/]*\//, "");
}

/** Who wrote a run of lines: the agent and its model. */
export function nameOf({ agent, model }: { agent: string | null; model: string | null }): string {
  return [agent ?? "agent", shortModel(model)].filter((part) => part !== "").join(" · ");
}

const hues = new Map<string | null, number>();

/** One hue for each session, the same at every look. */
export function hueOf(id: string | null): number {
  const known = hues.get(id);
  if (known !== undefined) return known;
  let hash = 7;
  for (const character of id ?? "") hash = (hash * 31 + character.charCodeAt(0)) % 3600;
  // From cyan by blue to pink: red, green and yellow say other things. Golden steps keep neighbours apart.
  const hue = 185 + Math.round((hash * 92.7) % 150);
  hues.set(id, hue);
  return hue;
}

export function fileLink(path: string): string {
  return `#/file/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** A time of a record as people read it; anything else as it is. */
export function readable(value: string): string {
  if (!/^\d{4}-\d\d-\d\dT/.test(value) || Number.isNaN(Date.parse(value))) return value;
  return `${new Date(value).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
