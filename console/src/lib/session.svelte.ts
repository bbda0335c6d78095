// Who is signed in.
import { Failure, get, leave, onSignedOut, post, put, signed, type Session } from '../api/client';

const ROLES = ['viewer', 'developer', 'responder', 'admin'];

let who = $state.raw<Session | null>(null);
let isKnown = $state(false);

function take(session: Session | null): void {
  who = session;
  isKnown = true;
  signed(session?.csrf ?? '');
}

onSignedOut(() => take(null));

export const session = {
  get who() {
    return who;
  },
  get isKnown() {
    return isKnown;
  },
  /** Whether one may do what needs this role. */
  may(role: string): boolean {
    return who !== null && ROLES.indexOf(who.role) >= ROLES.indexOf(role);
  },
};

export async function resume(): Promise<void> {
  try {
    take(await get<Session>('/session'));
  } catch (error) {
    take(null);
    if (error instanceof Failure && error.status !== 401) throw error;
  }
}
export async function signIn(login: string, password: string): Promise<void> {
  take(await post<Session>('/session', { login, password }));
}
export async function setUp(secret: string, password: string): Promise<void> {
  take(await post<Session>('/setup', { secret, password }));
}
async function leaveBy(path: string): Promise<void> {
  const elsewhere = await leave(path);
  take(null);
  if (elsewhere) location.assign(elsewhere);
}
export const signOut = (): Promise<void> => leaveBy('/session');
export const signOutEverywhere = (): Promise<void> => leaveBy('/sessions');

export async function changePassword(current: string, fresh: string): Promise<void> {
  take(await put<Session>('/session/password', { current, new: fresh }));
}
/** Goes to another tenant. Nothing that was shown of the one before stays. */
export async function goTo(tenant: string): Promise<void> {
  await put<Session>('/session/tenant', { tenant });
  location.assign('/');
}
