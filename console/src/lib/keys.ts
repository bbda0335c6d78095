// Keys of a screen. A key counts only while nobody types and no dialog is open; with Ctrl, Alt or Meta it is the browser's.

export type Keys = Record<string, (event: KeyboardEvent) => void>;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}

export function listen(keys: Keys): () => void {
  const handle = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    // Enter on a link or button is theirs.
    if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a,button,summary')) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
  addEventListener('keydown', handle);
  return () => removeEventListener('keydown', handle);
}
