import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomComponent,
  GridComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
} from "echarts/components";
import { registerTheme, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { theme } from "./inks";

use([BarChart, CustomChart, LineChart, ScatterChart, CanvasRenderer]);
use([DataZoomComponent, GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent]);
registerTheme("mgeprof-light", theme(false));
registerTheme("mgeprof-dark", theme(true));
