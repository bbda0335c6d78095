// Where we are: `#/screen/part?filters`. The address holds all state, so that it can be sent to somebody.

export interface Route {
  screen: string;
  part: string;
  values: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [screen = '', ...rest] = path.split('/');
  return { screen: screen || 'posture', part: rest.join('/'), values: new URLSearchParams(search) };
}

let current = $state.raw<Route>(parse(location.hash));

addEventListener('hashchange', () => {
  current = parse(location.hash);
});

export const route = {
  get screen() {
    return current.screen;
  },
  get part() {
    return current.part;
  },
  value(name: string): string {
    return current.values.get(name) ?? '';
  },
};

export function href(path: string, values: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '')).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}

export function go(path: string, values: Record<string, string> = {}): void {
  location.hash = href(path, values);
}

/** Changes values of the address without a new entry in the history. */
export function set(values: Record<string, string>): void {
  const next = new URLSearchParams(current.values);
  for (const [name, value] of Object.entries(values)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const search = next.toString();
  const hash = `#/${current.screen}${current.part ? `/${current.part}` : ''}${search ? `?${search}` : ''}`;
  history.replaceState(null, '', hash);
  current = { ...current, values: next };
}
