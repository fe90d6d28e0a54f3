import { describe, expect, test } from "bun:test";
import { listen } from "../../src/http/listen.ts";

const anywhere = { hostname: "127.0.0.1", port: 0 };

/** A service whose one answer waits until it is let go. */
function held() {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const service = {
    async fetch() {
      entered.resolve();
      await release.promise;
      return new Response("done");
    },
  };
  return { service, entered: entered.promise, release: release.resolve };
}

describe("a service that stops", () => {
  test("lets what is in flight end and takes nothing new", async () => {
    const { service, entered, release } = held();
    const listener = listen(service, anywhere);
    const answer = fetch(listener.url).then((response) => response.text());
    await entered;
    const stopped = listener.stop(10_000);
    await expect(fetch(listener.url)).rejects.toThrow();
    release();
    expect(await answer).toBe("done");
    await stopped;
  });

  test("waits no longer than it was told", async () => {
    const { service, entered } = held();
    const listener = listen(service, anywhere);
    const answer = fetch(listener.url).then(
      () => "answered",
      () => "cut off",
    );
    await entered;
    await listener.stop(0);
    expect(await answer).toBe("cut off");
  });
});
