/** Number of `events` in sonde.v1.StreamEventsResponse: the addon writes it before each event. */
export const EVENTS_FIELD = 8;
