// Light, dark, or what the system says. The choice is kept in this browser.
const NAME = 'bartizan-theme';
export type Theme = 'system' | 'light' | 'dark';

function kept(): Theme {
  const value = localStorage.getItem(NAME);
  return value === 'light' || value === 'dark' ? value : 'system';
}

let chosen = $state<Theme>(kept());

function show(): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
show();

export const theme = {
  get chosen() {
    return chosen;
  },
};
export function choose(next: Theme): void {
  chosen = next;
  if (next === 'system') localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, next);
  show();
}
