/** Upper ends of a histogram's steps, in seconds. */
const steps = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Names of labels and their values. Whoever counts takes care that there are only so many different ones. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels: Labels, count: number): void;
  lines(): string[];
}

export interface Histogram {
  observe(labels: Labels, seconds: number): void;
  lines(): string[];
}

interface Described {
  readonly name: string;
  /** A sentence. */
  readonly help: string;
}

/** A figure that only grows. */
export function counter(about: Described): Counter {
  const counts = new Map<string, number>();
  return {
    add(labels, count) {
      const key = labelText(labels);
      counts.set(key, (counts.get(key) ?? 0) + count);
    },
    lines: () => [
      ...heading(about, "counter"),
      ...[...counts].map(([labels, count]) => `${about.name}${braced(labels)} ${count}`),
    ],
  };
}

/** How often something took how long. */
export function histogram(about: Described): Histogram {
  const all = new Map<string, { readonly counts: number[]; sum: number; count: number }>();
  return {
    observe(labels, seconds) {
      const key = labelText(labels);
      const found = all.get(key) ?? { counts: steps.map(() => 0), sum: 0, count: 0 };
      all.set(key, found);
      steps.forEach((step, at) => {
        if (seconds <= step) found.counts[at] = (found.counts[at] ?? 0) + 1;
      });
      found.sum += seconds;
      found.count++;
    },
    lines: () => [
      ...heading(about, "histogram"),
      ...[...all].flatMap(([labels, { counts, sum, count }]) => [
        ...steps.map((step, at) => `${about.name}_bucket{${labels},le="${step}"} ${counts[at]}`),
        `${about.name}_bucket{${labels},le="+Inf"} ${count}`,
        `${about.name}_sum{${labels}} ${sum}`,
        `${about.name}_count{${labels}} ${count}`,
      ]),
    ],
  };
}

/** A figure as it is now. */
export function gauge(about: Described, value: number, labels: Labels = {}): string[] {
  return [...heading(about, "gauge"), `${about.name}${braced(labelText(labels))} ${value}`];
}

function heading({ name, help }: Described, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
