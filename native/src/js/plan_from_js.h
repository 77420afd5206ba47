// A plan from the JavaScript value described by PlanStep in service/native.ts.
#pragma once

#include <napi.h>

#include "core/plan.h"

namespace sonde {

// Throws Error(kInvalidArgument).
Plan PlanFromJs(const Napi::Object &plan);

}  // namespace sonde
