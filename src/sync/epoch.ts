import { isSameEpoch } from "../schema/epoch.ts";
import { AppError } from "../errors.ts";
import type { Capabilities } from "../schema/wire.ts";

/**
 * Whether an answer still comes from the database that was asked first. What another one says must be noted neither
 * as sent nor as read.
 */
export function checkEpoch(capabilities: Capabilities, epoch: string | undefined): void {
  if (epoch === undefined || capabilities.epoch === undefined) return;
  if (isSameEpoch(epoch, capabilities.epoch)) return;
  throw new AppError("unreachable", "the service's data was replaced in the middle of the work", {
    hint: "nothing is lost; run the command again",
    label: "epoch_changed",
  });
}
