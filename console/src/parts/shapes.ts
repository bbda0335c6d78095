/** One shape a severity, in a box of twelve: octagon, triangle, diamond, circle, square. */
export const SHAPES: Record<string, string> = {
  critical: 'M4 1h4l3 3v4l-3 3H4L1 8V4z',
  high: 'M6 1.2 11 10.5H1z',
  medium: 'M6 .8 11.2 6 6 11.2.8 6z',
  low: 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z',
  info: 'M2 2h8v8H2z',
};
/** Words for what is known of a control. */
export const STATES: Record<string, string> = { satisfied: 'satisfied', 'not-satisfied': 'not satisfied', 'no-evidence': 'no evidence', manual: 'manual' };
