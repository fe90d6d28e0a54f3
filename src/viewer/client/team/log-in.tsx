import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal, ask } from "../ask.ts";
import { Foreign } from "../foreign-text.tsx";

/** Asks for a token. It goes to the service once, is kept nowhere here, and the browser gets a cookie for it. */
export function LogIn({ onDone }: { onDone(): void }): VNode {
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<Refusal>();
  const [isAsking, setAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Log in · agent-trace";
    field.current?.focus();
  }, []);
  const logIn = async (): Promise<void> => {
    setAsking(true);
    setRefusal(undefined);
    try {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ secret: typed.trim() });
      await ask("team/session", { method: "POST", headers, body });
      setTyped("");
      onDone();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(String(error), undefined));
      field.current?.focus();
    } finally {
      setAsking(false);
    }
  };
  return (
    <main class="log-in">
      <h1>agent-trace</h1>
      <p class="quiet">
        What agents wrote in your team's projects, and the conversations behind it.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void logIn();
        }}
      >
        <label for="secret">Token</label>
        <input
          id="secret"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          ref={field}
          value={typed}
          aria-describedby="secret-hint"
          aria-invalid={refusal !== undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <p id="secret-hint" class="quiet">
          The one that you push and pull with; it begins with at_. Admins take the admin secret.
        </p>
        {refusal === undefined ? null : (
          <p class="wrong" role="alert">
            <Foreign text={refusal.message} />
          </p>
        )}
        <button type="submit" disabled={isAsking}>
          Log in
        </button>
      </form>
    </main>
  );
}
