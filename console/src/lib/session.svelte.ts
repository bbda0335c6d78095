// Who is signed in.
import { Failure, get, onSignedOut, post, remove, signed, type Session } from '../api/client';

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
export async function signOut(): Promise<void> {
  await remove('/session');
  take(null);
}
