// What is new, as it comes. In: events of /api/v1/events. Out: one call of `then` for what came within a moment. Where there are no events
// the page is as it was when it was loaded, and says nothing of it.

/** Calls that follow one another within so many milliseconds are one. */
const TOGETHER = 700;
/** What goes wrong for good, such as too many open pages, is tried again after so many milliseconds. */
const AGAIN = 60_000;

/** Listens until what it answers with is called. `then` is never running twice, and only while somebody looks at the page. */
export function live(then: () => Promise<void>): () => void {
  let source: EventSource | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isMissed = false;

  async function run(): Promise<void> {
    if (isRunning || document.hidden) {
      isMissed = true;
      return;
    }
    isRunning = true;
    isMissed = false;
    try {
      await then();
    } catch {
      // What cannot be had now comes with the next event.
    }
    isRunning = false;
    if (isMissed) news();
  }
  function news(): void {
    clearTimeout(soon);
    soon = setTimeout(() => void run(), TOGETHER);
  }
  function listen(): void {
    source = new EventSource('/api/v1/events');
    source.addEventListener('statement', news);
    source.addEventListener('many', news);
    source.onerror = () => {
      // A connection that broke is made again by the browser, which says where it was.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(later);
      later = setTimeout(listen, AGAIN);
    };
  }
  function seen(): void {
    if (!document.hidden && isMissed) news();
  }

  listen();
  document.addEventListener('visibilitychange', seen);
  return () => {
    source?.close();
    clearTimeout(soon);
    clearTimeout(later);
    document.removeEventListener('visibilitychange', seen);
  };
}
