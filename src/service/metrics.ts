import { counter, gauge, histogram } from "../http/prometheus.ts";
import type { RequestLine } from "../http/request-log.ts";
import type { Resource } from "../schema/resource.ts";

export interface Metrics {
  /** Counts a request that has been answered. */
  observe(line: RequestLine): void;
  /** Counts a call of the database: what it was, how long it took, and whether it failed. */
  database(call: { operation: string; seconds: number; failed: boolean }): void;
  /** Counts rows that a batch brought and that were new or changed, or that a page held. */
  rows(direction: "stored" | "sent", resource: Resource, count: number): void;
  /** All figures in Prometheus' text format. */
  text(about: { epoch: string }): string;
}

/** Of Prometheus' text format. */
export const figuresType = "text/plain; version=0.0.4";

const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** What this process counted since it started. Labels are of our making, so there are only so many of them. */
export function serviceMetrics(build: string): Metrics {
  const name = (rest: string, help: string) => ({ name: `agent_trace_${rest}`, help });
  const requests = counter(name("requests_total", "Requests that were answered."));
  const durations = histogram(
    name("request_seconds", "From a request's arrival to the last byte of its answer."),
  );
  const received = counter(name("received_bytes_total", "Bytes of bodies that came in."));
  const sent = counter(name("sent_bytes_total", "Bytes of bodies that went out."));
  const blobs = counter(name("blob_bytes_total", "Bytes of transcripts, as they were sent."));
  const limited = counter(name("limited_total", "Requests that a limit refused."));
  const rows = counter(name("rows_total", "Rows that were stored or sent."));
  const calls = histogram(name("database_seconds", "How long calls of the database took."));
  const failures = counter(name("database_failures_total", "Calls of the database that failed."));
  const started = Date.now() / 1000;
  // A counter that is not there cannot be told from one that is not counted.
  for (const single of [received, sent, limited, failures]) single.add({}, 0);
  return {
    observe({ method, route, status, duration_ms: duration, bytes_in, bytes_out }) {
      const about = {
        method: methods.includes(method) ? method : "other",
        route: route ?? "none",
      };
      requests.add({ ...about, status: String(status) }, 1);
      durations.observe(about, duration / 1000);
      received.add({}, bytes_in);
      sent.add({}, bytes_out);
      if (status === 429) limited.add({}, 1);
      if (route?.startsWith("/api/v1/blobs/:") === true || route === "/api/v1/blobs") {
        blobs.add({ direction: "received" }, bytes_in);
        blobs.add({ direction: "sent" }, bytes_out);
      }
    },
    database({ operation, seconds, failed }) {
      calls.observe({ operation }, seconds);
      if (failed) failures.add({}, 1);
    },
    rows(direction, resource, count) {
      if (count > 0) rows.add({ direction, resource }, count);
    },
    text({ epoch }) {
      const lines = [
        gauge(name("info", "The version that runs and the identity of its database."), 1, {
          build,
          epoch,
        }),
        ...[requests, durations, received, sent, blobs, limited, rows, calls, failures].map(
          (figure) => figure.lines(),
        ),
        gauge(name("start_time_seconds", "When this process started."), started),
        gauge(name("memory_bytes", "Memory that this process holds."), process.memoryUsage.rss()),
      ];
      return `${lines.flat().join("\n")}\n`;
    },
  };
}
