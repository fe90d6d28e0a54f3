import type { RequestLine } from "../http/request-log.ts";

/** Upper ends of the histogram's steps, in seconds. */
const steps = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface Metrics {
  /** Counts a request that has been answered. */
  observe(line: RequestLine): void;
  /** All figures in Prometheus' text format. */
  text(about: { epoch: string }): string;
}

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** What this process counted since it started. Labels are of our making, so there are only so many of them. */
export function serviceMetrics(build: string): Metrics {
  const requests = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  let bytesIn = 0;
  let bytesOut = 0;
  let limited = 0;
  const started = Date.now() / 1000;
  return {
    observe({ method, route, status, duration_ms: duration, bytes_in, bytes_out }) {
      const known = ["GET", "HEAD", "POST", "PUT", "DELETE"].includes(method) ? method : "other";
      const about = `method="${known}",route="${route ?? "none"}"`;
      const key = `${about},status="${status}"`;
      requests.set(key, (requests.get(key) ?? 0) + 1);
      const histogram = durations.get(about) ?? { counts: steps.map(() => 0), sum: 0, count: 0 };
      durations.set(about, histogram);
      const seconds = duration / 1000;
      steps.forEach((step, at) => {
        if (seconds <= step) histogram.counts[at] = (histogram.counts[at] ?? 0) + 1;
      });
      histogram.sum += seconds;
      histogram.count++;
      bytesIn += bytes_in;
      bytesOut += bytes_out;
      if (status === 429) limited++;
    },
    text({ epoch }) {
      const lines = [
        "# HELP agent_trace_info The version that runs and the identity of its database.",
        "# TYPE agent_trace_info gauge",
        `agent_trace_info{build="${escaped(build)}",epoch="${escaped(epoch)}"} 1`,
        "# HELP agent_trace_requests_total Requests that were answered.",
        "# TYPE agent_trace_requests_total counter",
        ...[...requests].map(([labels, count]) => `agent_trace_requests_total{${labels}} ${count}`),
        "# HELP agent_trace_request_seconds From a request's arrival to the last byte of its answer.",
        "# TYPE agent_trace_request_seconds histogram",
        ...[...durations].flatMap(([labels, { counts, sum, count }]) => [
          ...steps.map(
            (step, at) =>
              `agent_trace_request_seconds_bucket{${labels},le="${step}"} ${counts[at]}`,
          ),
          `agent_trace_request_seconds_bucket{${labels},le="+Inf"} ${count}`,
          `agent_trace_request_seconds_sum{${labels}} ${sum}`,
          `agent_trace_request_seconds_count{${labels}} ${count}`,
        ]),
        ...single("received_bytes_total", "counter", "Bytes of bodies that came in.", bytesIn),
        ...single("sent_bytes_total", "counter", "Bytes of bodies that went out.", bytesOut),
        ...single("limited_total", "counter", "Requests that a limit refused.", limited),
        ...single("start_time_seconds", "gauge", "When this process started.", started),
        ...single(
          "memory_bytes",
          "gauge",
          "Memory that this process holds.",
          process.memoryUsage.rss(),
        ),
      ];
      return `${lines.join("\n")}\n`;
    },
  };
}

function single(name: string, type: string, ...[help, value]: [string, number]): string[] {
  return [
    `# HELP agent_trace_${name} ${help}`,
    `# TYPE agent_trace_${name} ${type}`,
    `agent_trace_${name} ${value}`,
  ];
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
