/**
 * Words and phrases of plain facts: who was appointed, where the meeting is. They weigh nothing; where they stand alone, a text is
 * neutral because of them, and not because nothing was understood.
 */
export const routines = `
hires, names, named, appoints, appoint, appointed, appointment, renames, rename, renamed, employs, employed, operates, operate, based, headquarters, headquartered, located, conference, webcast, meeting, meetings, present, presents, presentation, files, filed, filing,
publishes, publish, published, publication, schedules, schedule, scheduled, fiscal, listing, listed, transfers, transfer, coverage, symbol, minutes, holiday, discuss, discusses, discussed, agenda, consists, comprises, responsible, investor day,
results on, results for, results conference, earnings call, earnings conference, earnings date, earnings calendar, interim results, quarterly results, annual results, third quarter results, first quarter results, second quarter results, fourth quarter results, full year results, half year results, not disclosed, was not disclosed, were not disclosed, not been disclosed, did not disclose, does not disclose, not to disclose, appointed as, decline to comment, declined to comment, declines to comment
`;
