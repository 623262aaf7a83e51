import { type Routes, routeKeyOf } from '../../../schemas/contract.ts'
import { topology } from '../../../schemas/topology.ts'
import type { Asked } from './request.ts'
import { type Simulated, services } from './services.ts'

/** The route that a path with its query is read by, and its service. Throws where no service that is simulated has one. */
export function routeTo(path: string): { readonly service: Simulated } & Pick<Asked, 'route' | 'params' | 'query'> {
  const { pathname, searchParams } = new URL(path, 'https://api.test')
  const segments = pathname.split('/')
  for (const service of services) {
    const routes: Routes = topology[service].routes
    for (const each of Object.values(routes)) {
      const named = each.path.split('/')
      const fits = named.length === segments.length && named.every((name, at) => isName(name) || name === segments[at])
      if (each.method !== 'GET' || !fits) continue
      const params = named.flatMap((name, at) => (isName(name) ? [[name.slice(1, -1), segments[at] ?? '']] : []))
      const query = Object.fromEntries(searchParams)
      return { service, route: routeKeyOf(each), params: Object.fromEntries(params) as Record<string, string>, query }
    }
  }
  throw new Error(`No service that is simulated answers ${path}.`)
}

const isName = (segment: string): boolean => segment.startsWith('{')
