/** Words that turn what follows into its opposite. */
export const negators = `
no, not, never, without, none, neither, nor, cannot, can't, won't, isn't, aren't, wasn't, weren't, doesn't, don't, didn't, hasn't, haven't, hadn't, couldn't,
wouldn't, shouldn't, no longer, far from, denies, denied, hardly, scarcely, rules out, ruled out, nothing,
do not, does not, did not, has not, have not, is not, are not, was not, were not, will not, would not, could not
`;

/** Words that negate, and are bad news themselves where there is nothing to negate. */
export const failing = `
unable, unable to, unlikely, unlikely to, fails to, fail to, failed to, failing to, failure to, lack of, lacks, lacked, lacking, absence of, refuses to, refuse to, refused to, stops short of
`;

/** Factors for what stands next to them. */
export const intensities: Readonly<Record<string, string>> = {
  '1.4':
    'sharply, steeply, dramatically, drastically, massively, vastly, abruptly, enormously, markedly, plunging, severely, badly, exceptionally, extremely',
  '1.3':
    'never been this, never been so, never been more, never been as, significantly, heavily, strongly, unexpectedly, surprisingly, substantially, considerably, rapidly, deeply, hugely, clearly, far, huge, massive, biggest, deeper, much, very, highly, steep, sharp, significant, substantial, considerable, big',
  '1.15':
    'more than expected, faster than expected, sooner than expected, solidly, healthily, notably, again, further, clear',
  '0.7':
    'modestly, somewhat, moderately, narrowly, gradually, partially, partly, modest, moderate, temporarily',
  '0.6':
    'slightly, marginally, a bit, a little, fractionally, mildly, minor, marginal, slight, a touch',
};

/** Where a clause ends. */
export const breaks = {
  clause:
    'as, after, amid, because, since, when, where, which, who, due to, thanks to, owing to, on the back of, following, before, until, so that, meaning, on account of, because of, as a result of, as result of, attributable to, caused by',
  contrast: 'but, however, yet, nevertheless, nonetheless, still',
  concession:
    'despite, although, though, while, whereas, even as, even though, in spite of, notwithstanding, even after, albeit, regardless of',
  soft: 'and, or, plus, as well as, along with',
} as const;

/** Prepositions and the like, beyond which a verb has no object. */
export const barriers = `
by, to, from, on, at, in, for, with, into, onto, over, under, during, through, than, that, is, are, was, were, be, been, being, has, have, had, will, would, said, says, say, reported, reports, report, vs, versus, against, against the
`;

/** Other words that are understood and weigh nothing. */
export const functionWords = `
a an the of its it his her their our we they this these those there he she i you company group firm corp inc oyj plc ltd ab asa ag co's million billion mn bn quarter quarterly year half first second third fourth q1 q2 q3 q4 h1 h2 month months
annual period corresponding same last previous earlier ago january february march april may june july august september october november december monday tuesday wednesday thursday friday today yesterday also about around approximately some other new all both each
finnish sweden swedish finland operating net gross pretax total before after tax taxes per cent percent eur usd gbp sek representing compared expected expects expect estimated estimates according now then if can could may might should must do does did just only than up
`;

/** Words between two figures of which the first is measured by the second. */
export const comparators = `
from, versus, vs, against, compared to, compared with, compares with, compares to, compare with, comparing to, in comparison with, in comparison to, as compared to, as compared with, as against, relative to, instead of, comparable figure, comparative figure, when compared to, when compared with, where compared to
`;

/** Words for what was expected. */
export const consensusWords = `
consensus, consensus estimate, consensus forecast, analysts' consensus, street estimate, analyst estimates, analysts' estimates, estimate of, estimates of, forecast of, forecasts of, analysts expected, analysts had expected, expected by analysts, wall street expected, expectation of, expectations of, expectations for
`;

/** What results are held against. */
export const benchmarks = `
forecast, forecasts, guidance, outlook, target, targets, estimate, estimates, expectation, expectations, projection, projections, plan, plans
`;

/** Multipliers after a figure. */
export const scales: Readonly<Record<string, string>> = {
  '1000': 'thousand k teur',
  '1000000': 'mn m mln million mio meur musd',
  '1000000000': 'bn b bln billion',
  '1000000000000': 'trillion tn',
};

/** What makes a figure a share of something. */
export const percentWords =
  'percent, pct, per cent, bps, basis points, percentage points, percentage point, basis point, pp, %, pc';

/** What makes the figure after it money. */
export const currencies =
  'eur usd gbp sek nok dkk chf jpy cny rub inr eek lvl ltl pln meur teur musd euros dollars pounds cents pence €  $ £ ¥ eur. usd.';
