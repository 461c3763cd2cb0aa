/** The only two channels between the window and the program. */
export const CALL_CHANNEL = 'longhaul:call'
export const PUSH_CHANNEL = 'longhaul:push'
