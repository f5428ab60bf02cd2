// Recognises a refusal for reasons of the business itself: money, stock; neither the request nor the credential is at fault.

export type BusinessRefusal = 'payment' | 'balance' | 'stock'

/** Tested against lower-cased words whose underscores are spaces; the first that matches wins. */
const kinds: readonly (readonly [BusinessRefusal, RegExp])[] = [
  [
    'payment',
    /\b(?:card|payment|transaction|charge|authori[sz]ation|purchase) ?(?:was |is |has been |been |got )?(?:declined|refused by the (?:bank|issuer|processor))\b|\b(?:bank|issuer|processor|gateway)(?: has| was)? (?:declined|rejected)|\bdo not honou?r\b|\bcard ?error\b|\bdecline ?code\b|\b(?:card (?:is |has )?expired|expired card|lost card|stolen card|pickup card|incorrect cvc|invalid cvc)\b|payment(?: intent)? authentication (?:failure|required)/,
  ],
  [
    'balance',
    /\binsufficient ?(?:funds|balance|money)|\bnot enough (?:funds|balance|money)|\bbalance (?:is )?(?:too low|insufficient|not sufficient)/,
  ],
  ['stock', /\bout ?of ?stock\b|\bsold ?out\b|\b(?:insufficient|not enough) (?:stock|inventory)/],
]

export function businessRefusal(errorText: string): BusinessRefusal | undefined {
  const text = errorText.replace(/[_-]/g, ' ')
  return kinds.find(([, look]) => look.test(text))?.[0]
}

/** What happened, for title and grid, why, and what can be done; the same at every status. */
export const businessRefusals: Readonly<
  Record<BusinessRefusal, { title: string; brief: string; explanation: string; advice: string }>
> = {
  payment: {
    title: 'The payment was declined',
    brief: 'Payment declined',
    explanation:
      'The request was understood and allowed; the bank, card issuer or payment service declined the payment itself. Repeating it unchanged will most likely be declined again.',
    advice:
      'Read the decline code in the answer, and let the payer use another card or confirm the payment; nothing is wrong with the request.',
  },
  balance: {
    title: 'There is not enough money for this',
    brief: 'Not enough funds',
    explanation:
      'The request was understood and allowed; the account that is to pay does not hold enough. Repeating it helps only once it does.',
    advice: 'Look at the balance of the account or payment method this request charges, or try a smaller amount.',
  },
  stock: {
    title: 'What is asked for is not in stock',
    brief: 'Out of stock',
    explanation: 'The request was understood and allowed; there is not as much of the item as the request asks for.',
    advice: 'Read the quantity that is available first, and ask for no more than that.',
  },
}
