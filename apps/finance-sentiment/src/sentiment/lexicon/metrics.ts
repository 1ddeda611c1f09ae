/** Quantities of which more is good. */
export const goodMetrics = `
profit, profits, operating profit, net profit, pretax profit, profit before tax, profit before taxes, profit after taxes, net income, operating income, net interest income, interest income, fee income, profitability, earnings, revenue, revenues, sales, net sales, turnover, ebitda, ebit, ebita, eps,
margin, margins, growth, demand, orders, order, order book, order intake, order backlog, new orders, guidance,
outlook, forecast, forecasts, projection, projections, target, targets, dividend, dividends, payout, payouts, distribution, occupancy,
occupancy rate, output, production, productivity, shipments, deliveries, bookings, share, shares, stock, stocks,
equities, share price, share prices, stock price, stock prices, price target, target price, cash, cash flow, cash flows, liquidity,
income, exports, hiring, confidence, subscribers, users, customers, passengers, visitors, members, traffic, volume, volumes,
backlog, rating, ratings, credit rating, nim, sentiment, gdp, wages, employment, payrolls, jobs, workforce, headcount, personnel,
staff, employees, result, results, operating result, net result, pretax result, performance, efficiency, competitiveness, capacity, production capacity,
market share, market value, market capitalisation, market capitalization, valuation, return on equity, return on investment, return on capital,
roce, roi, roe, equity ratio, solvency, capital ratio, assets, assets under management, inflows, deposits, lending, premiums, receipts, proceeds, spending, consumption, selling prices,
sales prices, average selling price, average price, royalties, fees, commissions, rents, rental income, rental levels, yield per share, earnings per share, profit per share, net asset value,
nav, book value, surplus, index, indices, futures, tonnage, throughput, installations, registrations, circulation, circulation revenue, economy, stores, shops, outlets, branches, factories, plants, mills, restaurants, advertising sales, advertising revenue, ad sales, market, markets, industrial production, factory activity, manufacturing activity, services activity, business activity, economic activity, economic output, factory output, factory orders,
retail sales, consumer confidence, business confidence, housing starts, home sales, foot traffic, footfall, like for like sales, same store sales, comparable sales, utilisation, utilization, utilisation rate, load factor,
quality, satisfaction, savings, synergies, gains, operating profit margin, capital expenditure, investment, investments, estimates, estimate, expectations, win rate, momentum
`;

/** Quantities of which more is bad; the figure is what one counts where nothing moves it. */
export const badMetrics: Readonly<Record<string, string>> = {
  '0': `
debt, debts, indebtedness, net debt, gearing, cost, costs, expense, expenses, expenditure, operating expenses, raw material prices, raw material costs,
input costs, input prices, energy prices, fuel prices, fuel costs, energy costs, labour costs, labor costs, wage costs, staff costs, personnel costs, financing costs, borrowing costs, inflation, unemployment, unemployment rate, jobless rate, claims, jobless claims,
provisions, provisioning, churn, yields, spreads, spread, tariffs, tariff, emissions, vacancy rate, vacancies, leverage, volatility, outflows,
interest expenses, financial expenses, depreciation, lead times, inventories, price pressure, competition, accidents, absences, burn, cash burn, overcapacity, liabilities, loan loss ratio, bad loan ratio, bad debt ratio, non performing loan ratio, npl ratio, cost income ratio,
combined ratio, taxes, tax burden, duties, cost of funding, days of sales outstanding, turnover time, premium rates, rate of inflation, consumer prices
`,
  '-0.6': `
loss, losses, net outflows, net loss, net losses, operating loss, operating losses, pretax loss, loss before tax, loss before taxes, loss after taxes, loss for the period, loss per share, deficit, deficits, shortfall, red ink, arrears, delinquencies,
impairment, impairments, write down, write downs, writedown, writedowns, write off, write offs, charge offs, bad loans, bad debts, bad debt, soured loans, non performing loans, nonperforming loans, bad debt provisions,
credit losses, loan losses, loan loss provisions, credit loss provisions, complaints, downtime, overdraft, overruns, cost overruns, cancellations, order cancellations, headwinds, tensions, uncertainty, uncertainties, pressure, pressures, risk of default, foreclosures, insolvencies, bankruptcies
`,
  '-1': `
defaults, default, layoffs, lay offs, job cuts, fears, fear, worries, worry, concerns, doubts, jitters, woes, losses on bad loans, outages, defects, shortages, shortage, glut, oversupply, disruption, disruptions, turmoil, panic
`,
};

/** Quantities whose movement says nothing about fortune, so that it is not taken for something else's. */
export const plainMetrics = `
interest rate, interest rates, rates, rate, key rate, deposit rate, policy rate, tax rate, price, prices, oil prices, oil price, gold price, commodity prices, house prices, number of shares, total number of shares,
share capital, stake, stakes, holding, holdings, ownership, shareholding, voting rights, votes, temperature, exchange rate, dollar, euro, yen, sterling, krona,
crude, oil, gold, copper, temperature, age, board, number of board members, number of directors, seats, fleet age, weight, tax, area, length, term, maturity, stakeholding, interest, nominal value, subscription price, issue price
`;

/** Results above zero. */
export const profitWords = `
profit, profits, earnings, operating profit, net profit, pretax profit, ebit, ebitda, result, operating result, net result, pretax result, income, net income, operating income, profit before tax, profit before taxes, profit after taxes, surplus, eps, earnings per share
`;

/** Results below zero. */
export const lossWords = `
loss, losses, net loss, net losses, operating loss, operating losses, pretax loss, loss before tax, loss before taxes, loss after taxes, loss for the period, loss per share, deficit, loss before tax, loss before taxes, loss after taxes, loss for the period
`;
