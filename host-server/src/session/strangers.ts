// Connections that have not said hello yet. There are few places, and whoever takes most of them loses one to the next
// that comes: a user who connects and keeps silent stands in nobody's way but the own.

/** Takes back the place of one connection; a second call does nothing. */
export type Leave = () => void;

interface Stranger {
  readonly uid: number;
  readonly sendAway: () => void;
}

export class Strangers {
  readonly #places: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<Stranger>();

  constructor(places: number) {
    this.#places = places;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Takes one in. Where all places are taken, the oldest connection of the user with the most of them is sent away. */
  admit(uid: number, sendAway: () => void): Leave {
    if (this.#waiting.size >= this.#places) this.#makeRoom();
    const stranger = { uid, sendAway };
    this.#waiting.add(stranger);
    return () => {
      this.#waiting.delete(stranger);
    };
  }

  #makeRoom(): void {
    const byUser = new Map<number, Stranger[]>();
    for (const stranger of this.#waiting) {
      const others = byUser.get(stranger.uid);
      if (others === undefined) byUser.set(stranger.uid, [stranger]);
      else others.push(stranger);
    }
    let most: Stranger[] = [];
    for (const group of byUser.values()) if (group.length > most.length) most = group;
    const oldest = most[0];
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    oldest.sendAway();
  }
}
