// All sessions that are not reaped yet, and who wants to hear of their changes.
import type { Session } from "./session.ts";

export class SessionTable {
  readonly #sessions = new Map<number, Session>();
  readonly #listeners = new Set<(session: Session) => void>();
  #lastId = 0;

  nextId(): number {
    return ++this.#lastId;
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  get(id: number): Session | undefined {
    return this.#sessions.get(id);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Those that count against limits: admitted or running. */
  active(): Session[] {
    return this.all().filter(({ state }) => state === "admitted" || state === "running");
  }

  /** Called by each session after a change of state. */
  readonly changed = (session: Session): void => {
    if (session.state === "reaped") this.#sessions.delete(session.id);
    for (const listener of this.#listeners) listener(session);
  };

  /** Returns how to stop listening. */
  listen(listener: (session: Session) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
