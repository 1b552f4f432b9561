import { useQuery } from "@tanstack/vue-query";
import { reactive } from "vue";
import { listDeliveries } from "@/api/generated";
import { getDeliveryOptions, listWebhooksOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { usePages } from "@/api/usePages";

const LOOK_AGAIN_MS = 5000;
const PAGE = 20;

/** One's own, with what waits for each. */
export const useWebhooks = () => reactive(useQuery({ ...listWebhooksOptions(), refetchInterval: LOOK_AGAIN_MS }));

/** What was sent to a webhook, the newest first. */
export const useDeliveries = (webhook: string) =>
  usePages(
    () => ["deliveries", webhook],
    (cursor, signal) => listDeliveries({ path: { webhook_id: webhook }, query: { cursor, limit: PAGE }, signal }),
  );

/** Every try to deliver one message. */
export const useDelivery = (webhook: string, delivery: string) =>
  reactive(useQuery(getDeliveryOptions({ path: { webhook_id: webhook, delivery_id: delivery } })));

/** What programs most often want to hear of; without any it is everything. */
export const COMMON = [
  "task.submitted", "task.started", "task.completed", "task.failed", "task.cancelled", "task.expired", "model.uploaded", "model.inspected", "runner.appeared", "runner.left",
] as const;
export type Common = (typeof COMMON)[number];
