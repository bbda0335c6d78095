// Words and times as people read them.
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const DECISIONS = ['immediate', 'out-of-cycle', 'scheduled', 'defer'] as const;

const DAY = 86_400_000;

export function day(time: string | null | undefined): string {
  return time ? time.slice(0, 10) : '—';
}
export function moment(time: string | null | undefined): string {
  return time ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : '—';
}
/** "in 3 days", "2 days ago", "today". */
export function distance(time: string, now = Date.now()): string {
  const hours = (Date.parse(time) - now) / 3_600_000;
  if (Math.abs(hours) < 1) return hours < 0 ? 'just now' : 'within the hour';
  const [amount, unit] = Math.abs(hours) < 48 ? [Math.round(Math.abs(hours)), 'hour'] : [Math.round(Math.abs(hours) / 24), 'day'];
  const text = `${amount} ${unit}${amount === 1 ? '' : 's'}`;
  return hours < 0 ? `${text} ago` : `in ${text}`;
}
export function isOverdue(time: string | null | undefined): boolean {
  return !!time && Date.parse(time) < Date.now();
}
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
export function bytes(number: number): string {
  if (number < 1_000) return `${number} B`;
  return number < 1_000_000 ? `${(number / 1_000).toFixed(1)} kB` : `${(number / 1_000_000).toFixed(1)} MB`;
}
/** The day so many days from now, `2027-03-01`. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
}
export const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);
/** Why a statement is believed. */
export function believed(statement: { trust: string; signer?: { name: string; revoked?: string | null } | null }): string {
  if (statement.trust === 'authenticated') return 'sender signed in';
  if (statement.trust === 'untrusted') return 'sender signed in; signature of no trusted key';
  if (!statement.signer) return 'signed';
  return `signed by ${statement.signer.name}${statement.signer.revoked ? `, revoked ${day(statement.signer.revoked)}` : ''}`;
}
/** The last part of a type of predicate, which is what tells them apart. */
export function predicate(type: string): string {
  return type.replace(/^https?:\/\/[^/]+\//, '').replace(/^attestation\//, '');
}
