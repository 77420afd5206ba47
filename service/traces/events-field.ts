/** Number of `events` in sonde.v1.StreamEventsResponse: the addon writes it before each event. */
export const EVENTS_FIELD = 8;
/** The same with the wire type of a message. */
export const EVENTS_TAG = (EVENTS_FIELD << 3) | 2;
