/**
 * Turns a producer that is given a function to call into something that is iterated. The producer waits until
 * each piece is taken; when the iteration ends early, its next call throws.
 */
export async function* handOver<Piece>(
  produce: (give: (piece: Piece) => Promise<void>) => Promise<void>,
): AsyncGenerator<Piece> {
  const { readable, writable } = new TransformStream<Piece, Piece>();
  const writer = writable.getWriter();
  const ended = produce((piece) => writer.write(piece)).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  // An iteration that ends early makes both fail, and has nobody to tell.
  ended.catch(() => {});
  yield* readable;
}
