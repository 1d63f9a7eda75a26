/** `count` messages from id `first` on, a second apart. */
export function messagesApart(count: number, first = 1): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: first + index,
    timestamp: new Date(Date.UTC(2024, 3, 1) + (first + index) * 1000).toISOString(),
    text: `message ${first + index}`,
  }));
}
