// The one way to the interface. In: paths under /api/v1. Out: values of the generated types, or a `Failure` that says what mends it.
import type { components } from './types';

type Schemas = components['schemas'];
export type Channel = Schemas['Channel'];
export type Delivery = Schemas['Delivery'];
export type NewChannel = Schemas['NewChannel'];
export type Asset = Schemas['Asset'];
export type AttackPaths = Schemas['AttackPaths'];
export type Bill = Schemas['Bill'];
export type Blast = Schemas['Blast'];
export type Change = Schemas['Change'];
export type Comparison = Schemas['Comparison'];
export type Cut = Schemas['Cut'];
export type Gaps = Schemas['Gaps'];
export type Hop = Schemas['Hop'];
export type Moved = Schemas['Moved'];
export type Shipper = Schemas['Shipper'];
export type AssetStory = Schemas['AssetStory'];
export type ControlCounts = Schemas['Counts'];
export type ControlStanding = Schemas['ControlStanding'];
export type ControlStory = Schemas['ControlStory'];
export type FrameworkStanding = Schemas['FrameworkStanding'];
export type FrameworkSummary = Schemas['FrameworkSummary'];
export type Finding = Schemas['Finding'];
export type Fix = Schemas['Fix'];
export type Forgotten = Schemas['Forgotten'];
export type Hold = Schemas['Hold'];
export type Key = Schemas['Key'];
export type Log = Schemas['Log'];
export type Person = Schemas['Person'];
export type Posture = Schemas['Posture'];
export type Remediation = Schemas['Remediation'];
export type Groups = Schemas['Groups'];
export type Journey = Schemas['Journey'];
export type QualityPoint = Schemas['QualityPoint'];
export type QualityTrend = Schemas['QualityTrend'];
export type Receipt = Schemas['Receipt'];
export type Session = Schemas['Session'];
export type Statement = Schemas['Statement'];
export type Token = Schemas['Token'];
export type Membership = Schemas['Membership'];
export type Elsewhere = Schemas['Elsewhere'];
export type Link = Schemas['Link'];
export type Added = Schemas['Added'];
export type NewToken = Schemas['NewToken'];

/** A finding as the report format says it: what the console shows of it. */
export interface Reported {
  check?: string;
  cwe?: string[];
  ids?: string[];
  controls?: { framework: string; id: string }[];
  evidence?: { message: string; location?: Place | null }[];
  locations?: Place[];
  fix?: { description?: string } | null;
  snippet?: { first_line: number; lines: string[]; highlight?: [number, number] | null } | null;
  priority?: { decision?: string; reasons?: string[] } | null;
}
export interface Place {
  path: string;
  line?: number;
  column?: number;
}
export interface Waiver {
  statement?: number;
  owner?: string | null;
  reason?: string;
  expires?: string | null;
}
export type Story = Omit<Schemas['Story'], 'report' | 'waiver'> & { report: Reported | null; waiver?: Waiver | null };

export interface Page<T> {
  items: T[];
  next?: string | null;
}

/** Why something was not answered. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly help: string,
  ) {
    super(message);
  }
}

/** Entries of the first page of a list. */
const FIRST = 60;

let csrf = '';
let whenSignedOut: () => void = () => {};

/** Answers to what was asked ahead, by path. */
const early = new Map<string, Promise<Response>>();

/** What every request that changes something carries from now on. */
export function signed(token: string): void {
  csrf = token;
  // What was answered to nobody is for nobody.
  if (!token) early.clear();
}
export function onSignedOut(then: () => void): void {
  whenSignedOut = then;
}

async function failure(response: Response): Promise<Failure> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; help?: string };
  return new Failure(response.status, problem.detail ?? `the server answered ${response.status}`, problem.help ?? '');
}

async function send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...more };
  if (method !== 'GET' && csrf) headers['x-bartizan-csrf'] = csrf;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Failure(0, 'the server cannot be reached', 'check that `bartizan serve` runs, then try again');
  }
  if (response.ok) return response;
  const error = await failure(response);
  if (error.status === 401 && path !== '/session') whenSignedOut();
  throw error;
}

export type Query = Record<string, string | number | undefined | null>;

export function query(values: Query): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return pairs.length ? `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}` : '';
}

export async function get<T>(path: string, values: Query = {}): Promise<T> {
  const asked = path + query(values);
  const known = early.get(asked);
  early.delete(asked);
  const answer = await known?.catch(() => undefined);
  return (answer ?? (await send('GET', asked))).json() as Promise<T>;
}
/** Asks for the first page of the list that a screen will show, while its code is still on the way. Whatever goes wrong is asked for again. */
export function askAhead(path: string): void {
  const asked = path + query({ limit: FIRST });
  const answer = fetch(`/api/v1${asked}`, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
  const good = answer.then((response) => (response.ok ? response : Promise.reject(new Error(response.statusText))));
  good.catch(() => early.delete(asked));
  early.set(asked, good);
}
export async function getText(path: string): Promise<string> {
  return (await send('GET', path)).text();
}
export async function post<T>(path: string, body: unknown): Promise<T> {
  return (await send('POST', path, body)).json() as Promise<T>;
}
export async function patch<T>(path: string, body: unknown): Promise<T> {
  return (await send('PATCH', path, body)).json() as Promise<T>;
}
/** A part of the policy, and the tag by which it is noticed that somebody else changes it; none where nobody decided it. */
export async function policy<T>(name: string): Promise<{ value: T; tag: string } | null> {
  try {
    const response = await send('GET', `/policies/${name}`);
    const { value } = (await response.json()) as { value: string };
    return { value: JSON.parse(value) as T, tag: response.headers.get('etag') ?? '' };
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return null;
    throw error;
  }
}
/** Decides a part of the policy, unless somebody changed it since it was read. */
export async function decidePolicy(name: string, value: unknown, tag: string): Promise<void> {
  await send('POST', '/decisions', { action: 'policy', name, value: JSON.stringify(value) }, tag ? { 'if-match': tag } : {});
}
/** Asks for something that answers without words. */
export async function ask(method: string, path: string): Promise<void> {
  await send(method, path);
}
export async function put<T>(path: string, body: unknown): Promise<T> {
  return (await send('PUT', path, body)).json() as Promise<T>;
}
/** Ends a session; out comes where to sign out elsewhere as well, where there is such a place. */
export async function leave(path: string): Promise<string> {
  const response = await send('DELETE', path);
  return response.status === 200 ? ((await response.json()) as { elsewhere: string }).elsewhere : '';
}
export async function remove(path: string): Promise<void> {
  await send('DELETE', path);
}

/** Every page of a list, handed over as it comes. Stops after `most` entries and says whether there were more. */
export async function pages<T>(
  path: string,
  values: Query,
  most: number,
  take: (items: T[]) => void,
  isWanted: () => boolean,
): Promise<boolean> {
  let cursor: string | undefined;
  let taken = 0;
  for (;;) {
    // A first page that fills a screen is there at once; the rest comes in few requests.
    const page: Page<T> = await get<Page<T>>(path, { ...values, limit: taken === 0 ? FIRST : 500, cursor });
    if (!isWanted()) return false;
    take(page.items);
    taken += page.items.length;
    if (!page.next) return false;
    if (taken >= most) return true;
    cursor = page.next;
  }
}

/** Every entry of a list, however many there are. */
export async function all<T>(path: string, values: Query = {}): Promise<T[]> {
  const found: T[] = [];
  await pages<T>(path, values, Infinity, (items) => found.push(...items), () => true);
  return found;
}
