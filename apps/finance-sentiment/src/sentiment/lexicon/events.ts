/** A family of words that are good or bad by themselves. */
export interface EventList {
  readonly value: number;
  /** Regular verbs by their base form. */
  readonly verbs?: string;
  /** Any other words, as they are; phrases with commas between them. */
  readonly forms?: string;
}

/** Good and bad news, by strength. */
export const events: readonly EventList[] = [
  {
    value: 1.5,
    verbs: 'exceed surpass outperform outpace upgrade outstrip overachieve triumph',
    forms: `beat, beats, beating, beaten expectations, tops, topped, topping, wins, won, awarded, buyback, buybacks, buy back, share repurchase, repurchase program, repurchase programme, breakthrough, breakthroughs, comeback, comebacks,
best day, best week, best month, best quarter, best year, never been better, never been stronger, never been higher, record profit, record profits, record sales, record revenue, record earnings, record orders, record quarter, record results, record year, smash, smashes, smashed, crushes, crushed estimates, blockbuster, bumper, stellar, windfall, bonanza`,
  },
  {
    value: 1.2,
    verbs: 'secure outshine clinch thrive flourish prosper outsell',
    forms: `approval, approvals, greenlight, green light, greenlights, clears the way, cleared for, regulator approves, regulators approve, regulator approved, regulators approved, landmark win, clears merger, cleared merger, clears the merger, cleared the merger, clears takeover, cleared takeover, clears the takeover, cleared the takeover, clears acquisition, cleared acquisition, clears the acquisition, cleared the acquisition, strikes oil, struck oil, strikes gas, struck gas, strikes gold, struck gold, lands, lands order, bullish, profitable, profitably, success, successes, successful, successfully, resilient, resilience, upbeat, optimistic, optimism, robust, buoyant, favourable, favorable, favourably, favorably, thriving, outstanding,
excellent, impressive, remarkable, exceptional, superior, strongest, best ever, highest ever, blowout, blow out, overweight, strong buy, turns the corner, turned the corner, turned a corner, back on track, back in the black, in the black, breaks even, broke even, break even, received an order, receives an order, received orders, receives order, received order, received a major order, received a significant order, receives orders, gets order, gets orders, wins order, repeat order, follow on order, won a contract, been awarded, debt free, early repayment, ahead of schedule, ahead of plan, ahead of expectations, above expectations, above estimates, above forecasts, above forecast, above consensus, above target, exceeded expectations`,
  },
  {
    value: 1,
    verbs: 'reward resume',
    forms: `strong, stronger, strongly, solid, healthy, record, pleased, satisfied, satisfactory, positive, positively, boon, brisk, lucrative, promising, encouraging, cheer, cheers, cheered, tailwind, tailwinds, undervalued, momentum builds,
cost savings, savings of, synergies, market leader, leading position, leading market position, breaks record, broke record, boost to, boost from, uplift, special dividend, extra dividend, bonus issue, special payout, gathers pace, gathering pace, gains ground, gained ground, gaining ground, gaining market share, picks up steam, gathers steam, vote of confidence, exclusive rights, price target raised, raises target, restored, reinstates dividend, reinstated dividend, reinstates guidance, resumes dividend, resumes production, reopens, resumed production,
top pick, outperform, buy rating, oversubscribed, well received, in demand, high demand, sells out, sold out, patent granted, grants patent, wins patent, creates jobs, new jobs, create jobs, to hire, best in class, wins appeal, safe haven, growing demand, beneficiary, benefits from, benefited from, benefitted from, benefit from, profited from, profits from, pays off, paid off, payoff, easing of`,
  },
  {
    value: 0.6,
    forms: `under budget, within budget, improved, improving, improvement, enhance, enhances, enhanced, enhancing, strengthen, strengthens, strengthened, strengthening, well positioned, recovers, recovered, recovery, rebound, rebounds, turnaround, stabilised, stabilized, increases efficiency, efficiency gains, boosted, expand its, expands its, expand our, extends contract, extended contract, contract was extended, contract extension, long term contract, strategic partnership`,
  },
  {
    value: -1.5,
    verbs:
      'downgrade underperform accuse defraud bribe indict collapse implode default embezzle delist',
    forms: `miss, misses, missed, missing estimates, junk, fraud, fraudulent, frauds, bankruptcy, bankrupt, bankruptcies, insolvency, insolvent, scandal, scandals, recall, recalls, recalled, recalling, layoff, layoffs, lay off, lays off, laid off, laying off, lay offs, sell off, selloff, sell offs, fatal, going concern, clawback, restatement, restates, delisting,
meltdown, crisis, crises, recession, recessions, profit warning, profit warnings, earnings warning, sales warning, revenue warning, warns on profit, shut down, shuts down, shutdown, shutdowns, liquidation, liquidated, receivership, administration proceedings, chapter 11, ponzi, rout, bloodbath, carnage, catastrophe, catastrophic, disaster, disastrous, class action, money laundering, insider trading, bribery, corruption, embezzlement, cash crunch, credit crunch, liquidity crunch, job cuts, cut jobs, cuts jobs, axe, axes, axed, axing, wiped out, wipes out, wiped off, wipes off, distressed, death spiral, record loss, record losses, underperforms, worst ever, worst day, worst week, worst month, worst quarter, worst year, never been worse, never been weaker, never been lower, lowest ever, breach of covenant, covenant breach, misconduct, wrongdoing, subpoena, subpoenas, indictment, indicted, arrested, arrest, raid, raided, personnel reductions, redundancies, redundancy, made redundant, dismissals, retrenchment, restructuring charge, restructuring charges, restructuring costs, impairment charge, impairment charges, writes off, wrote off, writes down, wrote down, write off, default on, missed payment, missed payments, misses payment`,
  },
  {
    value: -1.2,
    verbs:
      'reject suspend fine fail disappoint threaten sue breach oust resent violate penalise penalize hamper dampen struggle plague misstate blame slam cripple derail scrap terminate postpone delay deteriorate worsen stall jeopardise jeopardize probe',
    forms: `rejection, lawsuit, lawsuits, investigation, investigations, investigate, investigates, investigated, penalty, penalties, strike, strikes, walkout, halt, halts, halted, halting, breaches, warning, warnings, warns, warned, warn, warning of, scrapped, litigation, antitrust, ousted, suspension, shortfall, shortfalls, delays, delayed, sanctions, sanction, sanctioned, closure, closures, shut, shuts, closing its, jeopardy, trouble, troubles, troubled, turmoil, obliterated, glut, woes, stagnation, stagnant, stagnated, contraction, headwinds, headwind, headwinds from, slump, slumps, slumping, loses, lost, losing, disappointing, disappointment, disappointed, disappoints, squeezing, squeeze, squeezed, bearish, negative, negatively, adverse, adversely, unprofitable, loss making, lossmaking, in the red, weakness, bleak, gloomy, gloom, dire, grim, poor, poorly, sluggish, lacklustre, lackluster, tepid, dismal, subdued, setback, setbacks, strife, unrest, boycott, boycotts, outage, outages, accident, accidents, explosion, spill, leak, cyberattack, cyber attack, data breach, hack, hacked, hackers, fire at, blaze, injured, killed, death, deaths, dead, misleading, misled, overvalued, underweight, sell rating, strong sell, toxic, contaminated, contamination, defect, defects, defective, faulty, flaw, flaws, grounded, grounds flights, grounding, shortage, shortages, bottleneck, bottlenecks, disruption, disruptions, disrupted, disrupt, disrupts, damages, damaged, damaging, damage, fallout, backlash, dispute, disputes, deadlock, stalemate, failure, failures, failed, falls short of, fall short of, fell short of, falling short of, short of expectations, below expectations, below estimates, below forecast, below forecasts, below consensus, below target, behind schedule, behind plan, cash burn, dilution, dilutive, profit alert, loses contract, lost contract, loses appeal, lost appeal, loses bid, loses case, ban, bans, banned, banning, crackdown, clampdown, revoked, revokes, withdraws guidance, withdrew guidance, pulls guidance, withdrawn, abandon, abandons, abandoned, cancelled, canceled, cancels, cancellation, calls off, called off, collapse of, walks away from, misses target, resigns, resigned abruptly, steps down amid, temporarily lay off, temporary layoffs, temporary lay offs, codetermination negotiations, cooperation negotiations, co determination talks, statutory negotiations, close down, closes down, closed down, closing down, unpaid, hit by, hit with, hurt by, hit hard, hits profit, hit profit, hits profits, hit profits, hits sales, hit sales, hits earnings, hit earnings, hits demand, hit demand, hits margins, hit margins, hits revenue, hit revenue, hits output, hit output, hit to, takes a hit, took a hit, take a hit, takes hit, hard hit, struck by, irregularities, be let go, were let go, are let go, sacked, sacks, dismissed for, dismissed over, blocks merger, blocked merger, blocks the merger, blocked the merger, blocks takeover, blocked takeover, blocks the takeover, blocked the takeover, battered, battering, punished, punishes, hammered, pummeled, pummelled, dragged, drag, drags, short seller, short sellers, too expensive, deadline missed, overdue, hostile, victim, victims, illegal, illegally, unlawful, violation, violations, violates, allegation, allegations, alleged, alleges, allegedly, accusations, charged with, pleads guilty, guilty, convicted, cartel, price fixing, tax evasion, cease, ceases, ceased, ceasing, discontinue, discontinues, discontinued, idled, idles, mothball, mothballs, mothballed, mothballing`,
  },
  {
    value: -0.8,
    verbs: 'criticise criticize miss worry',
    forms: `over budget, cost overrun, weak, weaker, weakest, weakening, soft demand, soft, concern, concerns, concerned, fears, fear, worries, worried, worry, doubt, doubts, uncertain, uncertainty, uncertainties, difficult, difficulties, difficulty, pressure, pressures, pressured, under pressure, tensions, jitters, risk off, cautious, cautioned, hawkish, pain, painful, losing ground, worse, unfavourable, unfavorable, unfavorably, bad, oversupply, overcapacity, overhang, tumult, slowdown, downturn, lose, dragging, loss, losses, deficit, impairment, write down, write downs, writedown, bad loans, bad debts, non performing loans, credit losses, tariffs threat, erosion, strain, strains, strained, constraints, curbs, aggressive pricing, price war, hold back, holds back, held back, suffers, suffering, suffered`,
  },
  // Too common in plain facts and in product texts to decide a label alone.
  {
    value: 0.14,
    forms:
      'good, better, best, win, winning, winner, winners, award, awards, boost, boosts, progress, benefits, approve, approves, approved, growth, growing, opportunity, opportunities, advantage, enables, enable, benefit, faster, efficient, efficiently, competitive, innovative, attractive, confident, sound, great',
  },
  {
    value: -0.14,
    forms:
      'worst, trade war, question, questions, problem, problems, challenges, challenging, hurdle, hurdles, volatile, caution, cautions, tough',
  },
];

/** Verbs that bring something to an end. */
export const resolvingVerbs = {
  verbs:
    'drop dismiss exit emerge avert avoid settle resolve remove end escape clear overturn lift withdraw defuse close conclude scrap abandon quash prevent dodge cancel repeal lower halt recoup regain recover',
  forms:
    'throws out, threw out, thrown out, shake off, shakes off, shook off, calls off, called off, wins dismissal of, emerges from, emerged from, cleared of, acquitted of, acquits, fends off, fended off, staves off, staved off, staving off, puts an end to, no wrongdoing, puts behind, averting, rid of, ward off, wards off, found no, finds no, found no evidence of, finds no evidence of',
};

/** What one is glad to see ended. */
export const troubles = `
probe, investigation, investigations, inquiry, enquiry, lawsuit, lawsuits, suit, suits, bankruptcy, insolvency, default, strike, strikes, fine, penalty, penalties, charges, case, ban, sanctions, negative, antitrust, recall, suspension, litigation, receivership, administration,
dispute, disputes, walkout, allegations, chapter 11, class action, tariffs, tariff, complaint, claim, claims, wrongdoing, overhang, uncertainty, uncertainties, obstacle, obstacles, lost ground, lost market share, lost sales, shutdown, deadlock, feud, restrictions, curbs, lockdown, shortage, crisis, recession, fraud, fraud charges, restrictions on, negative watch, takeover battle, proceedings, layoffs, lay offs, boycott
`;
