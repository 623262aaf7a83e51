import { daysMs } from '../engine/world.ts'
import { ship } from './carriers.ts'
import { collect } from './cashiers.ts'
import { reserve } from './checkouts.ts'
import { close, count, transfer } from './clerks.ts'
import { sendFiles } from './files.ts'
import { labelAs, orderForGuests } from './integrators.ts'
import { labelPayments, labelProducts } from './labellers.ts'
import { enterLists } from './lists.ts'
import { photograph } from './photographers.ts'
import { receive } from './deliveries.ts'
import { approve, shop } from './customers.ts'
import { administer } from './staff.ts'
import { arrange, change } from './shopkeepers.ts'
import { sellElsewhere } from './holders.ts'
import { browse } from './visitors.ts'
import { hoard } from './hoarders.ts'
import { takeStock } from './stocktakers.ts'
import { store } from './storekeepers.ts'
import { supply } from './suppliers.ts'
import type { Workload } from './workload.ts'

/** Customers, and a random few of the others: what hides behind one shows without him. */
export async function trade(workload: Workload): Promise<void> {
  const { world } = workload
  const { chance, faults } = world
  // Some have the shop open twice.
  const customers = Array.from({ length: workload.times(1, 4) }, (_, index) =>
    shop(workload, workload.customerName(chance.maybe(0.2) ? 1 : index + 1)),
  )
  const { day } = workload
  const share = chance.pick(day === 'business' ? [0.1, 0.2, 0.6] : [0.1, 0.3])
  const seldom = [count, transfer, change, arrange, close, browse, ...(faults.has('half-way') ? [] : [reserve])].filter(
    () => chance.maybe(share),
  )
  const often = [approve, collect, ship].filter(() => chance.maybe(0.7))
  if (workload.sends) often.push(ship)
  if (day === 'last moments' || day === 'parts') often.push(approve)
  if (day === 'parts')
    for (let count = 1; count <= 3; count += 1) customers.push(shop(workload, workload.customerName(count)))
  if (day === 'nothing') often.push(change)
  if (faults.has('half-way')) often.push(reserve)
  if (chance.maybe(0.15)) often.push(hoard)
  if (chance.maybe(0.2)) often.push(administer)
  if (world.side.maybe(0.2)) often.push(store)
  if (world.side.maybe(0.2)) often.push(takeStock)
  if (chance.maybe(0.2)) often.push(enterLists)
  if (world.holdChance.maybe(0.4)) often.push(sellElsewhere)
  if (world.fileChance.maybe(0.2)) often.push(sendFiles)
  if (world.photoChance.maybe(0.2) && !world.releases.areMixed) often.push(photograph)
  if (world.labelsMore && !world.releases.areMixed) often.push(labelProducts, labelPayments)
  if (workload.waits) {
    often.push(receive, receive)
    for (let count = world.waitChance.between(1, 4); count > 0; count -= 1)
      customers.push(shop(workload, workload.customerName(count)))
  }
  if (world.supplies) {
    const supplies = { inbounds: [], transfers: [] }
    for (let count = world.supplyChance.between(1, 3); count > 0; count -= 1)
      often.push((live) => supply(live, supplies))
  }
  if (world.integrates) {
    const kinds = [labelAs('erp'), labelAs('crm'), labelAs('erp'), orderForGuests]
    often.push(...kinds.slice(0, world.labelChance.between(2, kinds.length)))
  }
  await Promise.all([...customers, ...[...often, ...seldom].map((live) => live(workload))])
  // What was paid for late leaves too.
  if (day === 'parts') await ship(workload)
  await world.sleep(chance.pick([0, 600_000, daysMs(1.1), daysMs(2)]))
}
