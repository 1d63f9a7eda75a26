/** `compute` with its last result kept: rows come by time, so that neighbours mostly ask for the same day. */
export function rememberLast<Result>(compute: (key: number) => Result): (key: number) => Result {
  let last: { readonly key: number; readonly result: Result } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, result: compute(key) };
    return last.result;
  };
}
