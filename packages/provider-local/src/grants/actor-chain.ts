type Claims = Readonly<Record<string, unknown>>;

/** The `act` claim of a token that somebody got on behalf of whoever holds another: the earlier ones lie inside (RFC 8693 §4.1). */
export function actorWith(clientId: string, { act }: Claims): Claims {
  return { sub: clientId, ...(act === undefined ? {} : { act }) };
}

/** Who acts by a token of ours, the last one first. None where nobody exchanged it. */
export function actorsOf({ act }: Claims): readonly string[] {
  const actors: string[] = [];
  for (let actor = act; typeof actor === 'object' && actor !== null; ) {
    const { sub, act: earlier } = actor as Claims;
    actors.push(String(sub));
    actor = earlier;
  }
  return actors;
}
